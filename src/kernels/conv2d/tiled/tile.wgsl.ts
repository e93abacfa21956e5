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
  /** For outputs so few that larger tiles would leave most of a GPU idle. */
  '32×32': { m: 32, n: 32, depth: 16, tm: 4, tn: 4 },
  /** 8×8 outputs a thread: 64 FMAs for four vec4 loads; 96 registers on RDNA3. */
  '64×64': { m: 64, n: 64, depth: 16, tm: 8, tn: 8 },
  /** The same work a thread for twice as many of them, which read a quarter less from memory together. */
  '128×64': { m: 128, n: 64, depth: 16, tm: 8, tn: 8 },
};

/** Workgroups below which a GPU is left idle, so that smaller tiles or split sums pay. */
export const BUSY_WORKGROUPS = 128;

export const threadsOf = ({ m, n, tm, tn }: Tile): number => (m / tm) * (n / tn);

/** Row lengths of the staged slices in vec4f; one more than needed, so that transposed stores hit different banks. */
const pitch = (length: number): number => length / 4 + 1;

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
 * a depth and at the first of four outputs, both u32 expressions relative to the tile.
 */
export function stageDirect(
  name: 'A' | 'B',
  tile: Tile,
  load: (depth: string, column: string) => string,
): string {
  const length = name === 'A' ? tile.m : tile.n;
  const threads = threadsOf(tile);
  const quads = length / 4;
  return unroll((tile.depth * quads) / threads, (i) => {
    const depth = `(thread / ${quads}u + ${(i * threads) / quads}u)`;
    const column = `(thread % ${quads}u * 4u)`;
    return `tile${name}[${depth} * ${pitch(length)}u + thread % ${quads}u] = ${load(depth, column)};`;
  });
}

/** Multiplies the staged slices into the sums, with the barriers around it. */
export const multiplyTiles = ({ m, n, depth, tm, tn }: Tile): string => wgsl`workgroupBarrier();
      for (var d = 0u; d < ${depth}u; d++) {
        ${unroll(tm / 4, (i) => `let a${i} = tileA[d * ${pitch(m)}u + threadRow * ${tm / 4}u + ${i}u];`, ' ')}
        ${unroll(tn / 4, (j) => `let b${j} = tileB[d * ${pitch(n)}u + threadColumn * ${tn / 4}u + ${j}u];`, ' ')}
        ${unroll(tm, (i) => unroll(tn / 4, (j) => `sum${i}_${j} = fma(vec4f(a${i >> 2}[${i % 4}]), b${j}, sum${i}_${j});`, ' '))}
      }
      workgroupBarrier();`;

/** WGSL for each output row of the thread: `row` is its index in the tile; `sums` names its vec4f sums in order. */
export const eachRow = ({ tm, tn }: Tile, store: (row: string, sums: readonly string[]) => string): string =>
  unroll(tm, (i) =>
    store(
      `(threadRow * ${tm}u + ${i}u)`,
      Array.from({ length: tn / 4 }, (_, j) => `sum${i}_${j}`),
    ),
  );
