/**
 * The matrix products in the middle of a Winograd convolution, one per position (the grid's z): for GPUs by tiles in
 * workgroup memory, for software adapters by subgroup broadcasts, as the direct convolutions of the two families are.
 * Channel counts are multiples of four.
 *
 * `tiles × weights`: c[t, j] = Σ_i a[t, i] · b[i, j]        (a `[tiles, inner]` or `[inner, tiles]`, b `[inner, columns]`)
 * `inputs × gradients`: c[i, j] = Σ_t a[t, i] · b[t, j]     (a `[inner, rows]`, b `[inner, columns]`)
 * b may hold some of c's columns alone, c some of a's rows in the second.
 */
import { defineKernel, memoizeKernel, read, unroll, wgsl, write } from '../../../gpu/index.ts';
import { addProducts, NARROW, sharedFour, sharedLoads } from '../subgroup/multiply.wgsl.ts';
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

/**
 * Both products on software adapters, from an a whose rows are neighbours in memory, `[inner, rows]`: each lane owns `own` of them, all
 * lanes walk the inner index together, and they load b together, each lane a part. c[i, j] = Σ_t a[t, i] · b[t, j]. A width above
 * NARROW divides c's columns.
 */
export const subgroupProductKernel = memoizeKernel((lanes: number, own: 1 | 2 | 4, width: number) => {
  const shared = sharedLoads(lanes, width);
  const { perRow: quads, loads } = shared;
  const steps = Math.max(shared.rows, 2); // two products at least that a sum takes one after the other
  const element = (x: string, i: number) => (own === 1 ? x : `${x}[${i}]`);
  return defineKernel({
    name: `conv2d.winograd.product.subgroup ${lanes}·${own}×${width}`,
    enable: ['subgroups'],
    bindings: { ...bindings, a: read(own === 1 ? 'f32' : `vec${own}f`) },
    /** In elements. Rows of a and of c are so far apart, and the product's own begin at `aFirst` and `cFirst` of them. */
    params: {
      rows: 'u32',
      columns: 'u32',
      inner: 'u32',
      aPitch: 'u32',
      aFirst: 'u32',
      cPitch: 'u32',
      cFirst: 'u32',
    },
    workgroupSize: [lanes],
    builtins: '@builtin(workgroup_id) workgroup: vec3u, @builtin(subgroup_invocation_id) lane: u32',
    body: wgsl`
  let inner = params.inner;
  let columns = params.columns / 4u;
  let column = workgroup.y * ${quads}u;
  ${unroll(loads, (l) => `let column${l} = min(column + ${l * lanes}u + lane % ${Math.min(quads, lanes)}u, columns - 1u);`, '\n  ')}
  let row = (workgroup.x * ${lanes}u + lane) * ${own}u;
  let pitch = params.aPitch / ${own}u;
  let aStart = workgroup.z * inner * pitch + (params.aFirst + min(row, params.rows - 1u)) / ${own}u;
  let bStart = workgroup.z * inner * columns;
  ${unroll(own, (i) => unroll(quads, (j) => `var sum${i}_${j} = vec4f();`, ' '), '\n  ')}
  for (var k = 0u; k < inner; k += ${steps}u) {
    ${unroll(
      steps / shared.rows,
      (g) => wgsl`let step${g} = k + ${g * shared.rows}u + lane / ${quads}u;
    let b${g} = bStart + min(step${g}, inner - 1u) * columns;
    ${unroll(loads, (l) => `let shared${g}_${l} = select(vec4f(), b[b${g} + column${l}], step${g} < inner);`, '\n    ')}`,
      '\n    ',
    )}
    ${unroll(steps, (s) => `let x${s} = a[aStart + min(k + ${s}u, inner - 1u) * pitch];`, '\n    ')}
    ${unroll(
      quads,
      (j) =>
        addProducts(
          own,
          j,
          steps,
          (i, s) => element(`x${s}`, i),
          (s) => sharedFour(shared, s, j),
        ),
      '\n    ',
    )}
  }
  ${unroll(
    own,
    (i) => wgsl`if (row + ${i}u < params.rows) {
    let to = ((workgroup.z * params.rows + row + ${i}u) * params.cPitch + params.cFirst) / 4u + column;
    ${unroll(quads, (j) => (width > NARROW ? `c[to + ${j}u] = sum${i}_${j};` : `if (column + ${j}u < columns) { c[to + ${j}u] = sum${i}_${j}; }`), ' ')}
  }`,
    '\n  ',
  )}`,
  });
});
