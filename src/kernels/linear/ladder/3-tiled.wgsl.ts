/**
 * Rung 3: share what is loaded. The 256 threads of a workgroup compute 16 × 16 of C, and between them they need only
 * 16 rows of A and 16 columns of B. They copy 16 × 16 of each into workgroup memory (LDS, "shared memory"), one element
 * a thread, wait for each other, and then each takes its 16 products from there.
 *
 * What changes: an element that comes from memory is used 16 times instead of once. A slice costs a thread two loads
 * for 16 multiply-adds: 4 FLOPs per byte instead of 0.25.
 *
 * What bounds it now: workgroup memory. A multiply-add still takes two loads, from a memory some ten times as fast but no
 * cheaper to ask, and so most instructions still move data: 16 of the 68 in RDNA3's loop are FMAs.
 *
 * What one sees: a gain on GPUs, smaller than the 16 that the bytes promise. lavapipe gets more than twice slower: its
 * "workgroup memory" is ordinary memory, so the copies come on top, and at a barrier a CPU has to save the registers of one
 * group of lanes and go on with the next.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { matmulRung, scalars, sizes } from './matmul.ts';

const TILE = 16;

const kernel = defineKernel({
  name: 'matmul 3-tiled',
  bindings: scalars,
  params: sizes,
  workgroupSize: [TILE, TILE],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u',
  declarations: wgsl`
var<workgroup> aTile: array<array<f32, ${TILE}>, ${TILE}>; // [row][k]
var<workgroup> bTile: array<array<f32, ${TILE}>, ${TILE}>; // [k][column]

// What lies outside of the matrix is zero and adds nothing.
fn load_a(row: u32, k: u32) -> f32 {
  return select(0.0, a[row * params.depth + k], row < params.rows && k < params.depth);
}
fn load_b(k: u32, column: u32) -> f32 {
  return select(0.0, b[k * params.columns + column], k < params.depth && column < params.columns);
}`,
  body: wgsl`
  let row = workgroup.y * ${TILE}u + local.y;
  let column = workgroup.x * ${TILE}u + local.x;
  var sum = 0.0;
  for (var first = 0u; first < params.depth; first += ${TILE}u) {
    aTile[local.y][local.x] = load_a(row, first + local.x);
    bTile[local.y][local.x] = load_b(first + local.y, column);
    workgroupBarrier(); // the tiles are complete
    for (var k = 0u; k < ${TILE}u; k++) {
      sum = fma(aTile[local.y][k], bTile[k][local.x], sum);
    }
    workgroupBarrier(); // nobody reads them any more
  }
  if (row < params.rows && column < params.columns) {
    c[row * params.columns + column] = sum;
  }`,
});

export const tiled = matmulRung({
  name: '3-tiled',
  lesson: 'A workgroup stages tiles in its own memory: each loaded element is used 16 times.',
  kernel,
  reuse: { rows: TILE, columns: TILE, loads: 2, from: 'workgroup memory' },
  grid: ({ rows, columns }) => [Math.ceil(columns / TILE), Math.ceil(rows / TILE)],
});
