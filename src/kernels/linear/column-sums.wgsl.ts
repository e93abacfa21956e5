/** The bias' gradient: a workgroup sums 16 columns, 8 threads to a column, and adds the threads' sums in order. */
import { defineKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';

/** Columns per workgroup. */
export const COLUMNS = 16;
const THREADS_A_COLUMN = 8;

/** sums [columns] = Σrow x [rows, columns]. */
export const columnSumsKernel = defineKernel({
  name: 'linear.column-sums',
  bindings: { x: read(), sums: write() },
  params: { rows: 'u32', columns: 'u32' },
  workgroupSize: [COLUMNS, THREADS_A_COLUMN],
  builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u',
  declarations: wgsl`
var<workgroup> parts: array<array<f32, ${COLUMNS}>, ${THREADS_A_COLUMN}>;`,
  body: wgsl`
  let column = workgroup.x * ${COLUMNS}u + local.x;
  let readable = min(column, params.columns - 1u);
  var sum = 0.0;
  for (var row = local.y; row < params.rows; row += ${THREADS_A_COLUMN}u) { sum += x[row * params.columns + readable]; }
  parts[local.y][local.x] = sum;
  workgroupBarrier();
  if (local.y == 0u && column < params.columns) {
    sums[column] = ${unroll(THREADS_A_COLUMN, (i) => `parts[${i}][local.x]`, ' + ')};
  }`,
});
