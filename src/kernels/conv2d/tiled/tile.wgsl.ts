/**
 * The inside of a tiled matrix multiplication, shared by conv2d's three passes: a workgroup computes a tile of
 * m × n outputs, `tm` × `tn` of them a thread in registers, from slices of depth `depth` that are staged in workgroup
 * memory. Both slices lie there as [depth][m] and [depth][n], so that a thread reads what it multiplies as vec4f.
 * This is the shape that real GPUs like: loads coalesce, and a slice's elements are each read from memory once.
 */
import { unroll, wgsl } from '../../../gpu/index.ts';

export interface Tile {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  readonly tm: number;
  readonly tn: number;
}

export type TileName = '32×32' | '64×64' | '128×64';

export const tiles: Readonly<Record<TileName, Tile>> = {
  /** For outputs so few that larger tiles would leave most of a GPU idle: 4×8 outputs per thread; a workgroup is one wave of 32. */
  '32×32': { m: 32, n: 32, depth: 16, tm: 4, tn: 8 },
  /** 8×8 outputs per thread: 64 FMAs for four vec4 loads. */
  '64×64': { m: 64, n: 64, depth: 16, tm: 8, tn: 8 },
  /** The same work a thread for twice as many of them, which read a quarter less from memory together. */
  '128×64': { m: 128, n: 64, depth: 16, tm: 8, tn: 8 },
};

/** Workgroups below which a GPU is left idle, so that smaller tiles or split sums pay. */
export const BUSY_WORKGROUPS = 128;

export const threadsOf = ({ m, n, tm, tn }: Tile): number => (m / tm) * (n / tn);

/**
 * Row lengths of the staged slices in vec4f. Long rows have one more than needed, so that transposed stores hit different
 * banks; for short ones that would cost a wave.
 */
const pitch = (length: number): number => length / 4 + (length > 32 ? 1 : 0);

/** Workgroup memory for both slices. */
export const tileMemory = ({
  m,
  n,
  depth,
}: Tile): string => wgsl`var<workgroup> tileA: array<vec4f, ${depth * pitch(m)}>;
var<workgroup> tileB: array<vec4f, ${depth * pitch(n)}>;`;

/** The thread's place in the tile and its zeroed sums. */
export const tileStart = ({ n, tm, tn }: Tile): string => wgsl`let threadRow = thread / ${n / tn}u;
  let threadColumn = thread % ${n / tn}u;
  ${unroll(tm, (i) => unroll(tn / 4, (j) => `var sum${i}_${j} = vec4f();`, ' '), '\n  ')}`;

/**
 * Stages a slice whose four neighbours in memory run along the depth: each thread takes a block of four outputs ×
 * four depths and transposes it. `load(q)` is the WGSL of a vec4f of depths for output `quad * 4 + q`; it may use
 * `quad` and `depthQuad`, which `transposeStart` declares under the given name.
 */
export function stageTransposed(name: 'A' | 'B', tile: Tile, load: (q: number) => string): string {
  const length = name === 'A' ? tile.m : tile.n;
  const blocks = (length / 4) * (tile.depth / 4);
  const body = wgsl`${unroll(4, (q) => `let v${q} = ${load(q)};`)}
      ${unroll(4, (q) => `tile${name}[(depthQuad${name} * 4u + ${q}u) * ${pitch(length)}u + quad${name}] = vec4f(v0[${q}], v1[${q}], v2[${q}], v3[${q}]);`)}`;
  return blocks < threadsOf(tile) ? wgsl`if (thread < ${blocks}u) { ${body} }` : wgsl`{ ${body} }`;
}

/** Declares `quadA` and `depthQuadA` (or B): neighbouring threads take neighbouring depths, which coalesces. */
export const transposeStart = (
  name: 'A' | 'B',
  { depth }: Tile,
): string => wgsl`let depthQuad${name} = thread % ${depth / 4}u;
  let quad${name} = thread / ${depth / 4}u;`;

/**
 * Stages a slice whose four neighbours in memory run along the outputs. `load(depth, column)` is the WGSL of a vec4f at
 * a depth and at the first of four outputs (`column`, or `quad` counted in fours), u32 expressions relative to the tile.
 * All of a thread's loads have one depth, so that what depends on it is computed once.
 */
export function stageDirect(
  name: 'A' | 'B',
  tile: Tile,
  load: (depth: string, column: string, quad: string) => string,
): string {
  const length = name === 'A' ? tile.m : tile.n;
  const lanes = threadsOf(tile) / tile.depth;
  const depth = `(thread / ${lanes}u)`;
  return unroll(length / 4 / lanes, (i) => {
    const quad = `(thread % ${lanes}u + ${i * lanes}u)`;
    return `tile${name}[${depth} * ${pitch(length)}u + thread % ${lanes}u + ${i * lanes}u] = ${load(depth, `(${quad} * 4u)`, quad)};`;
  });
}

/**
 * WGSL of four elements of a row-major binding whose rows have `length` elements, at `quad` · 4 of row `row`. Where it is an
 * array of vec4s all is counted in fours, which leaves one addition and one shift an address.
 */
export const loadFour = (
  binding: string,
  vectorised: boolean,
  row: string,
  length: string,
  quad: string,
): string =>
  vectorised
    ? `vec4f(${binding}[${row} * (${length} / 4u) + ${quad}])`
    : `load_${binding}(${row} * ${length} + (${quad}) * 4u)`;

/** How many depths stand in the text of the multiplying loop: each spares a jump, a test and two addresses. */
const UNROLLED = 4;

/** Multiplies the staged slices into the sums, with the barriers around it. */
export function multiplyTiles(tile: Tile): string {
  const { m, n, depth, tm, tn } = tile;
  const step = (
    u: number,
  ) => wgsl`${unroll(tm / 4, (i) => `let a${u}_${i} = tileA[startA + ${u * pitch(m) + i}u];`, ' ')}
        ${unroll(tn / 4, (j) => `let b${u}_${j} = tileB[startB + ${u * pitch(n) + j * quadsApart(tile)}u];`, ' ')}
        ${unroll(tm, (i) => unroll(tn / 4, (j) => `sum${i}_${j} = fma(vec4f(a${u}_${i >> 2}[${i % 4}]), b${u}_${j}, sum${i}_${j});`, ' '))}`;
  return wgsl`workgroupBarrier();
      for (var turn = 0u; turn < ${depth / UNROLLED}u; turn++) {
        let startA = turn * ${UNROLLED * pitch(m)}u + threadRow * ${tm / 4}u;
        let startB = turn * ${UNROLLED * pitch(n)}u + threadColumn;
        ${unroll(UNROLLED, step, '\n        ')}
      }
      workgroupBarrier();`;
}

/**
 * How far apart the thread's fours of columns lie, in fours. Neighbouring threads have neighbouring fours, so that they
 * read workgroup memory from different banks and write outputs next to each other.
 */
const quadsApart = ({ n, tn }: Tile): number => n / tn;

/** WGSL of the first of the thread's `j`th four columns in the tile. */
export const columnOf = (tile: Tile, j: number): string => `((threadColumn + ${j * quadsApart(tile)}u) * 4u)`;

/**
 * WGSL for each output row of the thread: `row` is its index in the tile; `quads` are its sums, a vec4f each, with the
 * first of their columns in the tile.
 */
export const eachRow = (
  tile: Tile,
  store: (row: string, quads: readonly { readonly sum: string; readonly column: string }[]) => string,
): string =>
  unroll(tile.tm, (i) =>
    store(
      `(threadRow * ${tile.tm}u + ${i}u)`,
      Array.from({ length: tile.tn / 4 }, (_, j) => ({ sum: `sum${i}_${j}`, column: columnOf(tile, j) })),
    ),
  );
