/**
 * Rung 4: keep sums in registers. A thread computes 8 × 8 elements of C instead of one. For each k it takes 8 numbers
 * of A and 8 of B from workgroup memory and multiplies all with all: 64 multiply-adds for 16 loads, where rung 3 needed
 * 128. Reuse moves one level up, from workgroup memory into registers, the only memory that keeps up with the arithmetic.
 *
 * What changes: 64 threads now compute 64 × 64 of C, so an element from memory is used 64 times: 16 FLOPs per byte, four
 * times rung 3's; of workgroup memory 2 FLOPs per byte instead of 0.25. The price is registers, 64 for the sums alone and 96 in
 * all on RDNA3, where 8 waves then fit instead of 32; and where C has fewer than some hundred tiles, cores stay idle.
 *
 * A thread's rows and columns lie 8 apart, not side by side: then neighbouring threads read and store neighbouring
 * elements, whose places in workgroup memory lie in different banks. For the same reason a row of aTile has a 17th
 * element that nobody uses: without it, the rows of four neighbours would begin in the same two banks.
 *
 * The loops over i and j have fixed bounds so that compilers unroll them, and only then are `sum` and `left` registers. All that
 * were tried do; the engine, which runs where nobody tried, unrolls in its templates (src/kernels/conv2d/tiled).
 *
 * What one sees: the largest step of the ladder on GPUs; on RDNA3 64 of the loop's 100 instructions are FMAs. On lavapipe too, six
 * times rung 3: loads are what costs there, and this kernel makes an eighth of them.
 */
import { defineKernel, wgsl } from '../../../gpu/index.ts';
import { matmulRung, scalars, sizes } from './matmul.ts';

const TILE = 64;
const DEPTH = 16;

const kernel = defineKernel({
  name: 'matmul 4-register-tiled',
  bindings: scalars,
  params: sizes,
  workgroupSize: [64],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
  declarations: wgsl`
var<workgroup> aTile: array<array<f32, ${DEPTH + 1}>, ${TILE}>; // [row][k]
var<workgroup> bTile: array<array<f32, ${TILE}>, ${DEPTH}>; // [k][column]

fn load_a(row: u32, k: u32) -> f32 {
  return select(0.0, a[row * params.depth + k], row < params.rows && k < params.depth);
}
fn load_b(k: u32, column: u32) -> f32 {
  return select(0.0, b[k * params.columns + column], k < params.depth && column < params.columns);
}`,
  body: wgsl`
  let firstRow = workgroup.y * ${TILE}u;
  let firstColumn = workgroup.x * ${TILE}u;
  let y = thread / 8u; // this thread's rows are y, y + 8 … y + 56
  let x = thread % 8u; // and its columns x, x + 8 … x + 56
  var sum: array<array<f32, 8>, 8>;
  for (var first = 0u; first < params.depth; first += ${DEPTH}u) {
    for (var row = thread / ${DEPTH}u; row < ${TILE}u; row += ${64 / DEPTH}u) {
      let k = thread % ${DEPTH}u;
      aTile[row][k] = load_a(firstRow + row, first + k);
    }
    for (var k = 0u; k < ${DEPTH}u; k++) {
      bTile[k][thread] = load_b(first + k, firstColumn + thread);
    }
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      var left: array<f32, 8>;
      for (var i = 0u; i < 8u; i++) { left[i] = aTile[y + 8u * i][k]; }
      for (var j = 0u; j < 8u; j++) {
        let right = bTile[k][x + 8u * j];
        for (var i = 0u; i < 8u; i++) { sum[i][j] = fma(left[i], right, sum[i][j]); }
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 8u; i++) {
    for (var j = 0u; j < 8u; j++) {
      let row = firstRow + y + 8u * i;
      let column = firstColumn + x + 8u * j;
      if (row < params.rows && column < params.columns) {
        c[row * params.columns + column] = sum[i][j];
      }
    }
  }`,
});

export const registerTiled = matmulRung({
  name: '4-register-tiled',
  lesson: 'A thread keeps 8 × 8 sums in registers: 64 multiply-adds for 16 loads.',
  kernel,
  reuse: { rows: TILE, columns: TILE, loads: 16 / 64, from: 'workgroup memory' },
  grid: ({ rows, columns }) => [Math.ceil(columns / TILE), Math.ceil(rows / TILE)],
});
