/**
 * linear's product for software adapters, C = op(A)·op(B): 4×4 of C in a thread's registers, factors read where they lie. The
 * tiles of matmul.wgsl.ts gain nothing on a CPU, whose caches are workgroup memory enough, and take a driver seconds
 * to compile; strides as parameters make one short kernel serve all three products.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, workgroupNumber, write } from '../../gpu/index.ts';

/** Rows and columns of C that a thread computes. */
export const BLOCK = 4;
/** Threads per workgroup. */
export const THREADS = 64;

/** C [rows, columns] = Σk A(row, k)·B(k, column) [+ bias (column)], with steps in elements along each factor's two axes. */
export const plainMatmul = memoizeKernel((bias: boolean) =>
  defineKernel<
    string,
    'rows' | 'columns' | 'depth' | 'aRowStep' | 'aInnerStep' | 'bInnerStep' | 'bColumnStep'
  >({
    name: `linear.matmul.plain${bias ? ' + bias' : ''}`,
    bindings: { a: read(), b: read(), ...(bias ? { bias: read() } : {}), c: write() },
    params: {
      rows: 'u32',
      columns: 'u32',
      depth: 'u32',
      aRowStep: 'u32',
      aInnerStep: 'u32',
      bInnerStep: 'u32',
      bColumnStep: 'u32',
    },
    workgroupSize: [THREADS],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    body: wgsl`
  let block = ${workgroupNumber()} * ${THREADS}u + thread;
  let across = (params.columns + ${BLOCK - 1}u) / ${BLOCK}u;
  let row = block / across * ${BLOCK}u;
  let column = block % across * ${BLOCK}u;
  if (row >= params.rows) { return; }
  ${unroll(
    BLOCK,
    (i) => wgsl`var a${i} = min(row + ${i}u, params.rows - 1u) * params.aRowStep;
  var b${i} = min(column + ${i}u, params.columns - 1u) * params.bColumnStep;
  var sum${i} = vec4f();`,
    '\n  ',
  )}
  for (var k = 0u; k < params.depth; k++) {
    let right = vec4f(${unroll(BLOCK, (j) => `b[b${j}]`, ', ')});
    ${unroll(BLOCK, (i) => `sum${i} = fma(vec4f(a[a${i}]), right, sum${i});`, '\n    ')}
    ${unroll(BLOCK, (i) => `a${i} += params.aInnerStep; b${i} += params.bInnerStep;`, ' ')}
  }
  ${unroll(
    BLOCK,
    (i) =>
      wgsl`if (row + ${i}u < params.rows) {
    ${unroll(
      BLOCK,
      (j) =>
        wgsl`if (column + ${j}u < params.columns) { c[(row + ${i}u) * params.columns + column + ${j}u] = sum${i}[${j}]${bias ? ` + bias[column + ${j}u]` : ''}; }`,
      '\n    ',
    )}
  }`,
    '\n  ',
  )}`,
  }),
);
