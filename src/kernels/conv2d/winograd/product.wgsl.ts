/**
 * The matrix products in the middle of a Winograd convolution, one per position (the grid's z): for GPUs by tiles in
 * workgroup memory, for software adapters by subgroup broadcasts, as the direct convolutions of the two families are.
 * Channel counts are multiples of four.
 *
 * `tiles × weights`: c[t, j] = Σ_i a[t, i] · b[i, j]        (a `[tiles, inner]`, b `[inner, columns]`)
 * `inputs × gradients`: c[i, j] = Σ_t a[t, i] · b[t, j]     (a `[inner, rows]`, b `[inner, columns]`)
 * b may hold some of c's columns alone, c some of a's rows in the second.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../../gpu/index.ts';
import * as t from '../tiled/tile.wgsl.ts';

const bindings = { a: read('vec4f'), b: read('vec4f'), c: write('vec4f') } as const;
/** In elements. `whole`: the columns of c or, transposed, the rows of a; the product takes a part of them, from `first` on. */
const params = { rows: 'u32', columns: 'u32', inner: 'u32', whole: 'u32', first: 'u32' } as const;

/** How a lies in memory: `[rows, inner]` or, transposed, `[inner, rows]`. */
export type Left = 'plain' | 'transposed';

/** `whole`: the inner length is a multiple of the tile's depth, so that nothing has to be kept out of the last slice. */
export const tiledProductKernel = memoizeKernel((name: t.TileName, left: Left, whole: boolean) => {
  const tile = t.tiles[name];
  const { m, n, depth } = tile;
  const inside = (d: string) => (whole ? `(k0 + ${d})` : `min(k0 + ${d}, params.inner - 1u)`);
  const zeroUnless = (condition: string, four: string) =>
    whole ? four : `select(vec4f(), ${four}, ${condition})`;
  // All offsets count vec4s. Past the inner length a's tile is zero; rows and columns past the end are not stored.
  const stageRows = () =>
    t.stageTransposed('A', tile, (q) => {
      const quad = 'k0 / 4u + depthQuadA';
      return zeroUnless(`${quad} < inner`, `a[start${q} + ${whole ? quad : `min(${quad}, inner - 1u)`}]`);
    });
  const stageColumns = () =>
    t.stageDirect('A', tile, (d, _row, quad) => {
      const four = `a[aStart + ${inside(d)} * whole + min(firstRow / 4u + ${quad}, rows - 1u)]`;
      return zeroUnless(`k0 + ${d} < params.inner`, four);
    });
  const rowStarts = unroll(
    4,
    (q) => `let start${q} = aStart + min(firstRow + quadA * 4u + ${q}u, params.rows - 1u) * inner;`,
    '\n  ',
  );
  return defineKernel({
    name: `conv2d.winograd.product.tiled ${m}×${n} ${left}${whole ? '' : ', any length'}`,
    bindings,
    params,
    workgroupSize: [t.threadsOf(tile)],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32',
    declarations: t.tileMemory(tile),
    body: wgsl`
  let firstRow = workgroup.x * ${m}u;
  let firstColumn = workgroup.y * ${n}u;
  let columns = params.columns / 4u;
  let whole = params.whole / 4u;
  let ${left === 'plain' ? 'inner = params.inner' : 'rows = params.rows'} / 4u;
  let aStart = workgroup.z * ${left === 'plain' ? 'params.rows * inner' : 'params.inner * whole + params.first / 4u'};
  let bStart = workgroup.z * params.inner * columns;
  ${t.tileStart(tile)}
  ${left === 'plain' ? [t.transposeStart('A', tile), rowStarts] : ''}
  for (var k0 = 0u; k0 < params.inner; k0 += ${depth}u) {
    ${left === 'plain' ? stageRows() : stageColumns()}
    ${t.stageDirect('B', tile, (d, _column, quad) => `b[bStart + ${inside(d)} * columns + min(firstColumn / 4u + ${quad}, columns - 1u)]`)}
    ${t.multiplyTiles(tile)}
  }
  let cStart = workgroup.z * params.rows * ${left === 'plain' ? 'whole + params.first / 4u' : 'columns'};
  ${t.eachRow(
    tile,
    (row, quads) => wgsl`{
    let row = firstRow + ${row};
    ${quads.map(
      ({ sum, column }) => wgsl`{
      let column = (firstColumn + ${column}) / 4u;
      if (row < params.rows && column < columns) { c[cStart + row * ${left === 'plain' ? 'whole' : 'columns'} + column] = ${sum}; }
    }`,
    )}
  }`,
  )}`,
  });
});

/** Columns that a subgroup of a software adapter computes: lanes share a load of four columns each evenly. */
export const subgroupColumns = (lanes: number): number => Math.max(16, lanes);

/** Each lane owns `rows` rows of c (every lanes-th); the subgroup loads b together, each lane a part. */
export const subgroupPlain = memoizeKernel((lanes: number, rows: number) => {
  const quads = subgroupColumns(lanes) / 4;
  const steps = Math.max(1, lanes / quads); // rows of b that one load of the subgroup brings
  return defineKernel({
    name: `conv2d.winograd.product.subgroup ${lanes}·${rows}×${quads * 4} plain`,
    enable: ['subgroups'],
    bindings,
    params,
    workgroupSize: [lanes],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
    body: wgsl`
  let inner = params.inner / 4u;
  let columns = params.columns / 4u;
  let column = workgroup.y * ${quads}u;
  let own = min(column + lane % ${quads}u, columns - 1u);
  ${unroll(
    rows,
    (i) => wgsl`let row${i} = (workgroup.x * ${rows}u + ${i}u) * ${lanes}u + lane;
  let a${i} = (workgroup.z * params.rows + min(row${i}, params.rows - 1u)) * inner;
  ${unroll(quads, (j) => `var sum${i}_${j} = vec4f();`, ' ')}`,
    '\n  ',
  )}
  var at = (workgroup.z * params.inner + lane / ${quads}u) * columns + own;
  for (var k = 0u; k < inner; k++) {
    ${unroll(rows, (i) => `let x${i} = a[a${i} + k];`, ' ')}
    ${unroll(
      4 / steps,
      (g) => wgsl`{
      let shared_ = b[at];
      at += ${steps}u * columns;
      ${unroll(
        steps * quads,
        (source) => {
          const [step, j] = [Math.floor(source / quads), source % quads];
          const fma = (i: number) =>
            `sum${i}_${j} = fma(vec4f(x${i}[${g * steps + step}]), w, sum${i}_${j});`;
          return wgsl`{ let w = subgroupBroadcast(shared_, ${source}); ${unroll(rows, fma, ' ')} }`;
        },
        '\n      ',
      )}
    }`,
      '\n    ',
    )}
  }
  ${unroll(
    rows,
    (i) => wgsl`if (row${i} < params.rows) {
    let to = (workgroup.z * params.rows + row${i}) * (params.whole / 4u) + params.first / 4u + column;
    ${unroll(quads, (j) => `if (column + ${j}u < columns) { c[to + ${j}u] = sum${i}_${j}; }`, ' ')}
  }`,
    '\n  ',
  )}`,
  });
});

/** Each lane owns four rows of c, which are neighbours in a; all lanes walk the inner index together. */
export const subgroupTransposed = memoizeKernel((lanes: number, width: number) => {
  const quads = width / 4;
  const steps = Math.max(1, lanes / quads);
  return defineKernel({
    name: `conv2d.winograd.product.subgroup ${lanes}·4×${quads * 4} transposed`,
    enable: ['subgroups'],
    bindings,
    params,
    workgroupSize: [lanes],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
    body: wgsl`
  let rows = params.rows / 4u;
  let whole = params.whole / 4u;
  let columns = params.columns / 4u;
  let column = workgroup.y * ${quads}u;
  let own = min(column + lane % ${quads}u, columns - 1u);
  let row = workgroup.x * ${lanes}u + lane;
  let aStart = workgroup.z * params.inner * whole + params.first / 4u + min(row, rows - 1u);
  let bStart = workgroup.z * params.inner * columns + own;
  ${unroll(4, (i) => unroll(quads, (j) => `var sum${i}_${j} = vec4f();`, ' '), '\n  ')}
  for (var k = 0u; k < params.inner; k += ${steps}u) {
    let step = k + lane / ${quads}u;
    let shared_ = select(vec4f(), b[bStart + min(step, params.inner - 1u) * columns], step < params.inner);
    ${unroll(
      steps,
      (s) => wgsl`{
      let x = a[aStart + min(k + ${s}u, params.inner - 1u) * whole];
      ${unroll(
        quads,
        (j) => {
          const fma = (i: number) => `sum${i}_${j} = fma(vec4f(x[${i}]), w, sum${i}_${j});`;
          return wgsl`{ let w = subgroupBroadcast(shared_, ${s * quads + j}); ${unroll(4, fma, ' ')} }`;
        },
        '\n      ',
      )}
    }`,
      '\n    ',
    )}
  }
  if (row < rows) {
    ${unroll(
      4,
      (i) => wgsl`{
      let to = (workgroup.z * params.rows + row * 4u + ${i}u) * columns + column;
      ${unroll(quads, (j) => `if (column + ${j}u < columns) { c[to + ${j}u] = sum${i}_${j}; }`, ' ')}
    }`,
      '\n    ',
    )}
  }`,
  });
});
