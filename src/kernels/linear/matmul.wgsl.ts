/**
 * The one matrix product behind linear's three: C = op(A)·op(B), tile by tile. A workgroup computes 32×32 of C with
 * 4×4 in each of its 64 threads' registers; tiles of A and B pass through workgroup memory, 16 of the inner length
 * at a time, as vec4s along C's rows and columns.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../gpu/index.ts';

/** Rows and columns of C that a workgroup computes. */
export const TILE = 32;
const DEPTH = 16;
const THREADS = 64;

/** How a factor lies in memory: with the inner index k next to itself, or with the outer one (row of A, column of B). */
export type Layout = 'inner' | 'outer';

/**
 * C [rows, columns] = Σk A(row, k)·B(k, column) [+ bias (column)]. A is stored [rows, depth] where its layout is
 * 'inner' and [depth, rows] where it is 'outer'; B [columns, depth] and [depth, columns].
 */
export const matmulKernel = memoizeKernel((aLayout: Layout, bLayout: Layout, bias: boolean) => {
  /**
   * Copies a tile, vec4s along C's rows or columns; neighbouring threads go the way that memory does. What lies
   * outside of the matrix is zero.
   */
  const load = (name: 'a' | 'b', layout: Layout, outer: 'rows' | 'columns', first: string) => wgsl`
    for (var i = thread; i < ${(TILE / 4) * DEPTH}u; i += ${THREADS}u) {
      let inner = ${layout === 'inner' ? `i % ${DEPTH}u` : `i / ${TILE / 4}u`};
      let four = ${layout === 'inner' ? `i / ${DEPTH}u` : `i % ${TILE / 4}u`};
      let outer = ${first} + four * 4u;
      var value = vec4f(0);
      if (k + inner < params.depth) {
${unroll(4, (j) => {
  const at =
    layout === 'inner'
      ? `(outer + ${j}u) * params.depth + k + inner`
      : `(k + inner) * params.${outer} + outer + ${j}u`;
  return `        if (outer + ${j}u < params.${outer}) { value[${j}] = ${name}[${at}]; }`;
})}
      }
      ${name}Tile[inner][four] = value;
    }`;
  return defineKernel<string, 'rows' | 'columns' | 'depth'>({
    name: `linear.matmul a-${aLayout} b-${bLayout}${bias ? ' + bias' : ''}`,
    bindings: { a: read(), b: read(), ...(bias ? { bias: read() } : {}), c: write() },
    params: { rows: 'u32', columns: 'u32', depth: 'u32' },
    workgroupSize: [THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`
var<workgroup> aTile: array<array<vec4f, ${TILE / 4}>, ${DEPTH}>;
var<workgroup> bTile: array<array<vec4f, ${TILE / 4}>, ${DEPTH}>;
fn store(row: u32, column: u32, value: f32) {
  if (row < params.rows && column < params.columns) {
    c[row * params.columns + column] = value${bias ? ' + bias[column]' : ''};
  }
}`,
    body: wgsl`
  let firstRow = workgroup.y * ${TILE}u;
  let firstColumn = workgroup.x * ${TILE}u;
  let x = thread % ${TILE / 4}u;
  let y = thread / ${TILE / 4}u;
${unroll(4, (i) => `  var sum${i} = vec4f(0);`)}
  for (var k = 0u; k < params.depth; k += ${DEPTH}u) {
${load('a', aLayout, 'rows', 'firstRow')}
${load('b', bLayout, 'columns', 'firstColumn')}
    workgroupBarrier();
    for (var inner = 0u; inner < ${DEPTH}u; inner++) {
      let left = aTile[inner][y];
      let right = bTile[inner][x];
${unroll(4, (i) => `      sum${i} = fma(vec4f(left[${i}]), right, sum${i});`)}
    }
    workgroupBarrier();
  }
${unroll(4, (i) =>
  unroll(4, (j) => `  store(firstRow + y * 4u + ${i}u, firstColumn + x * 4u + ${j}u, sum${i}[${j}]);`),
)}`,
  });
});
