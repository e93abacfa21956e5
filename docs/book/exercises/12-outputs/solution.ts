/** Exercise 12, solved: a thread computes 4 × 4 elements. Of bTile, which has 32 columns now, 64 threads stage two rows at a time. */
import { wgsl } from '../../../../src/gpu/index.ts';
import type { KernelSpec } from '../../../../src/gpu/kernel.ts';
import { scalars, sizes } from '../../../../src/kernels/linear/ladder/matmul.ts';

export const prediction = {
  /** Loads from the tiles for one FMA. */
  loads: 8 / 16,
  /** Numbers that a thread keeps while it multiplies: its sums, `left`, and `right`. */
  kept: 16 + 4 + 1,
};

/** Rows and columns of C that a workgroup of 8 × 8 threads computes. */
export const TILE = 32;
const DEPTH = 16;

export const product: KernelSpec<'a' | 'b' | 'c', 'rows' | 'columns' | 'depth'> = {
  name: 'exercise product',
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
  let y = thread / 8u; // this thread's rows are y, y + 8, y + 16 and y + 24
  let x = thread % 8u; // and its columns x, x + 8, x + 16 and x + 24
  var sum: array<array<f32, 4>, 4>;
  for (var first = 0u; first < params.depth; first += ${DEPTH}u) {
    // 64 threads: four rows of aTile at a time, and two of bTile.
    for (var row = thread / 16u; row < ${TILE}u; row += 4u) {
      aTile[row][thread % 16u] = load_a(firstRow + row, first + thread % 16u);
    }
    for (var k = thread / 32u; k < ${DEPTH}u; k += 2u) {
      bTile[k][thread % 32u] = load_b(first + k, firstColumn + thread % 32u);
    }
    workgroupBarrier();
    for (var k = 0u; k < ${DEPTH}u; k++) {
      var left: array<f32, 4>;
      for (var i = 0u; i < 4u; i++) { left[i] = aTile[y + 8u * i][k]; }
      for (var j = 0u; j < 4u; j++) {
        let right = bTile[k][x + 8u * j];
        for (var i = 0u; i < 4u; i++) { sum[i][j] = fma(left[i], right, sum[i][j]); }
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let row = firstRow + y + 8u * i;
      let column = firstColumn + x + 8u * j;
      if (row < params.rows && column < params.columns) {
        c[row * params.columns + column] = sum[i][j];
      }
    }
  }`,
};
