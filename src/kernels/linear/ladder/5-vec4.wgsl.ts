/**
 * Rung 5: move four numbers with one instruction. The tile and the arithmetic are rung 4's; every load and store, from
 * memory and from workgroup memory, is now a vec4f.
 *
 * What changes: 64 multiply-adds take 4 loads from workgroup memory instead of 16. The bytes are the same (16 FLOPs per
 * byte of memory, 2 per byte of workgroup memory), but the instructions that move them are a quarter, and what is left in the
 * inner loop is nearly all arithmetic: 64 FMAs in 78 instructions on RDNA3, where rung 4 had 100.
 *
 * The difficulty is A. A thread multiplies four rows at one k, so it wants four rows side by side in workgroup memory; but in
 * memory four neighbours are four k of one row. So each thread takes a block of 4 × 4, four vec4f that lie along k, and
 * stores its transpose. B already lies as it is wanted.
 *
 * What one sees: on a GPU most of its peak. lavapipe gains half as much again: it still fetches each lane's vec4f apart, but
 * tests one mask for four numbers.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { inFours, matmulRung, sizes, vectors } from './matmul.ts';

const TILE = 64;
const DEPTH = 16;
/** vec4f in a row of a tile. */
const QUADS = TILE / 4;

const kernel = defineKernel({
  name: 'matmul 5-vec4',
  bindings: vectors,
  params: sizes,
  workgroupSize: [64],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`
var<workgroup> aTile: array<array<vec4f, ${QUADS + 1}>, ${DEPTH}>; // [k][row / 4]; the last is to spread banks
var<workgroup> bTile: array<array<vec4f, ${QUADS}>, ${DEPTH}>; // [k][column / 4]

// Elements k … k + 3 of a row of A, and column … column + 3 of a row of B; indices of elements.
fn load_a(row: u32, k: u32) -> vec4f {
  return select(vec4f(), a[(row * params.depth + k) / 4u], row < params.rows && k < params.depth);
}
fn load_b(k: u32, column: u32) -> vec4f {
  return select(vec4f(), b[(k * params.columns + column) / 4u], k < params.depth && column < params.columns);
}
fn store_c(row: u32, column: u32, value: vec4f) {
  if (row < params.rows && column < params.columns) { c[(row * params.columns + column) / 4u] = value; }
}`,
  body: wgsl`
  let firstRow = workgroup.y * ${TILE}u;
  let firstColumn = workgroup.x * ${TILE}u;
  let y = thread / 8u; // this thread's rows are 4y … 4y + 3 and the same 32 further down
  let x = thread % 8u; // and its columns 4x … 4x + 3 and the same 32 further right
  var sum: array<array<vec4f, 2>, 8>;
  for (var first = 0u; first < params.depth; first += ${DEPTH}u) {
    {
      let row = thread / ${DEPTH / 4}u * 4u;
      let k = thread % ${DEPTH / 4}u * 4u;
      let block = transpose(mat4x4f(
        load_a(firstRow + row, first + k),
        load_a(firstRow + row + 1u, first + k),
        load_a(firstRow + row + 2u, first + k),
        load_a(firstRow + row + 3u, first + k)));
      for (var i = 0u; i < 4u; i++) { aTile[k + i][row / 4u] = block[i]; }
    }
    for (var k = thread / ${QUADS}u; k < ${DEPTH}u; k += ${64 / QUADS}u) {
      let quad = thread % ${QUADS}u;
      bTile[k][quad] = load_b(first + k, firstColumn + quad * 4u);
    }
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      let top = aTile[k][y];
      let bottom = aTile[k][y + 8u];
      let left = bTile[k][x];
      let right = bTile[k][x + 8u];
      for (var i = 0u; i < 4u; i++) {
        sum[i][0] = fma(vec4f(top[i]), left, sum[i][0]);
        sum[i][1] = fma(vec4f(top[i]), right, sum[i][1]);
        sum[i + 4u][0] = fma(vec4f(bottom[i]), left, sum[i + 4u][0]);
        sum[i + 4u][1] = fma(vec4f(bottom[i]), right, sum[i + 4u][1]);
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + y * 4u + i;
    let column = firstColumn + x * 4u;
    store_c(row, column, sum[i][0]);
    store_c(row, column + 32u, sum[i][1]);
    store_c(row + 32u, column, sum[i + 4u][0]);
    store_c(row + 32u, column + 32u, sum[i + 4u][1]);
  }`,
});

export const vec4 = matmulRung({
  name: '5-vec4',
  lesson: 'Every load and store moves four numbers; A is transposed on its way into workgroup memory.',
  kernel,
  reuse: { rows: TILE, columns: TILE, loads: 4 / 64, from: 'workgroup memory' },
  needs: 'a depth and columns that divide by four',
  suits: inFours,
  grid: ({ rows, columns }) => [Math.ceil(columns / TILE), Math.ceil(rows / TILE)],
});
