/**
 * The one matrix product behind linear's three: C = op(A)·op(B), by the tiles of conv2d's kernels. A workgroup computes
 * 32×32 of C, enough of them for the few rows of a batch; either factor may lie in memory either way.
 */
import { defineKernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import * as t from '../conv2d/tiled/tile.wgsl.ts';

const tile = t.tiles['32×32'];
/** Rows and columns of C that a workgroup computes. */
export const TILE = tile.m;

/** How a factor lies in memory: with the inner index k next to itself, or with the outer one (row of A, column of B). */
export type Order = 'inner' | 'outer';
/** With `vec4` where the stored rows' length is a multiple of four, so that four elements are one load. */
export type Layout = Order | `${Order} vec4`;

/**
 * C [rows, columns] = Σk A(row, k)·B(k, column) [+ bias (column)]. A is stored [rows, depth] where its order is
 * 'inner' and [depth, rows] where it is 'outer'; B [columns, depth] and [depth, columns].
 */
export const matmulKernel = memoizeKernel((aLayout: Layout, bLayout: Layout, bias: boolean) => {
  const a = factor('A', aLayout);
  const b = factor('B', bLayout);
  return defineKernel<string, 'rows' | 'columns' | 'depth'>({
    name: `linear.matmul a-${aLayout} b-${bLayout}${bias ? ' + bias' : ''}`,
    bindings: {
      a: read(a.element),
      b: read(b.element),
      ...(bias ? { bias: read() } : {}),
      c: write(),
    },
    params: { rows: 'u32', columns: 'u32', depth: 'u32' },
    workgroupSize: [t.threadsOf(tile)],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: wgsl`${t.tileMemory(tile)}
fn store(row: u32, column: u32, value: f32) {
  if (row < params.rows && column < params.columns) {
    c[row * params.columns + column] = value${bias ? ' + bias[column]' : ''};
  }
}`,
    body: wgsl`
  let firstA = workgroup.y * ${tile.m}u;
  let firstB = workgroup.x * ${tile.n}u;
  ${t.tileStart(tile)}
  ${t.transposeStart('A', tile)}
  ${t.transposeStart('B', tile)}
  ${a.start}
  ${b.start}
  for (var k0 = 0u; k0 < params.depth; k0 += ${tile.depth}u) {
    ${a.stage}
    ${b.stage}
    ${t.multiplyTiles(tile)}
  }
  ${t.eachRow(tile, (row, quads) =>
    quads
      .flatMap(({ sum, column }) =>
        ['x', 'y', 'z', 'w'].map(
          (i, j) => `store(firstA + ${row}, firstB + ${column} + ${j}u, ${sum}.${i});`,
        ),
      )
      .join('\n  '),
  )}`,
  });
});

/**
 * How a factor's tile is staged. Past the inner length A is zero and B repeats its last element, so that the products
 * there are zero and nothing foreign takes part. Outer indices past the end belong to sums that are not stored.
 */
function factor(name: 'A' | 'B', layout: Layout) {
  const vectorised = layout.endsWith('vec4');
  const binding = name.toLowerCase();
  const outer = name === 'A' ? 'params.rows' : 'params.columns';
  const element = (index: (i: number) => string): string =>
    `vec4f(${[0, 1, 2, 3].map((i) => `${binding}[${index(i)}]`).join(', ')})`;
  const stored = { element: vectorised ? 'vec4f' : 'f32' };
  if (layout.startsWith('outer')) {
    const row = (d: string) => `min(k0 + ${d}, params.depth - 1u)`;
    const four = (d: string, column: string, quad: string) =>
      vectorised
        ? `${binding}[${row(d)} * (${outer} / 4u) + first${name} / 4u + ${quad}]`
        : element((i) => `${row(d)} * ${outer} + first${name} + ${column} + ${i}u`);
    const stage = t.stageDirect(name, tile, (d, column, quad) =>
      name === 'A'
        ? `select(vec4f(), ${four(d, column, quad)}, k0 + ${d} < params.depth)`
        : four(d, column, quad),
    );
    return { ...stored, start: '', stage };
  }
  const unit = vectorised ? 4 : 1;
  const start = [0, 1, 2, 3]
    .map((q) => {
      const row = `min(first${name} + quad${name} * 4u + ${q}u, ${outer} - 1u)`;
      return `let start${name}${q} = ${row} * (params.depth / ${unit}u);`;
    })
    .join('\n  ');
  const k = `(k0 + depthQuad${name} * 4u)`;
  const last = `(params.depth / ${unit}u - 1u)`;
  const stage = t.stageTransposed(name, tile, (q) => {
    const four = vectorised
      ? `${binding}[start${name}${q} + min(${k} / 4u, ${last})]`
      : element((i) => `start${name}${q} + min(${k} + ${i}u, ${last})`);
    return name === 'A'
      ? `select(vec4f(), ${four}, ${k} + vec4u(0u, 1u, 2u, 3u) < vec4u(params.depth))`
      : four;
  });
  return { ...stored, start, stage };
}
