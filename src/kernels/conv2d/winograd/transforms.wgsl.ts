/**
 * The two ends of a Winograd convolution: images and weights to transformed tiles, and back. A thread takes one channel of one
 * tile and keeps all its numbers in registers; neighbouring threads take neighbouring channels, so that they touch
 * neighbouring memory on both sides. (With four channels per thread these are the largest kernels that a driver is given, and
 * no faster: docs/decisions.md.) Tiles lie as `[position, tile, channel]`, a position being one of the (m + 2)²
 * multiplications: each position is a matrix, and the convolution a batch of matrix products.
 */
import {
  defineKernel,
  memoizeKernel,
  read,
  unroll,
  wgsl,
  workgroupNumber,
  write,
} from '../../../gpu/index.ts';
import { dtypeLabel, type Dtype } from '../../dtype.ts';
import { elementEpilogue, epilogueLabel, epilogueParams, type Epilogue } from '../wgsl/epilogue.wgsl.ts';
import { linearMap } from './linear-map.ts';
import { TAPS, transpose, winograd, type Matrix, type TileSize } from './matrices.ts';

/** Threads per workgroup. */
export const THREADS = 64;

const builtins = '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32';
const threadIndex = `let index = ${workgroupNumber()} * ${THREADS}u + thread;`;

/** L · X · Lᵀ of the variables `${from}row_column`, declared as `${to}row_column`. */
function transform2d(matrix: Matrix, from: string, to: string): string {
  const rows = matrix.length;
  const columns = matrix[0]?.length ?? 0;
  const names = (count: number, name: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => name(i));
  return [
    ...names(columns, (j) =>
      linearMap(
        matrix,
        names(columns, (i) => `${from}${i}_${j}`),
        `h${j}_`,
      ),
    ),
    ...names(rows, (i) =>
      linearMap(
        matrix,
        names(columns, (j) => `h${j}_${i}`),
        `${to}${i}_`,
      ),
    ),
  ].join('\n  ');
}

/** Where the tiles of a batch of images lie. */
const tileParams = {
  height: 'u32',
  width: 'u32',
  channels: 'u32',
  tilesX: 'u32',
  tilesY: 'u32',
  /** Of all images. */
  tiles: 'u32',
} as const;

/** How transformed images lie: `[position, tile, channel]` or `[position, channel, tile]`, the latter with `pitch` tiles in a row. */
export type TileOrder = 'by tile' | 'by channel';

/** By channel, threads go through so many tiles of a channel before the next: neighbours in writing, and not far from one another in reading. */
export const TILE_BLOCK = 8;

/** This thread's tile, its image and its channel. */
const tileStart = (order: TileOrder = 'by tile') => wgsl`${threadIndex}
  ${
    order === 'by tile'
      ? wgsl`let tile = index / params.channels;
  let channel = index % params.channels;`
      : wgsl`let tile = index / (${TILE_BLOCK}u * params.channels) * ${TILE_BLOCK}u + index % ${TILE_BLOCK}u;
  let channel = index / ${TILE_BLOCK}u % params.channels;`
  }
  if (tile >= params.tiles) { return; }
  let image = tile / (params.tilesX * params.tilesY);
  let tileY = tile / params.tilesX % params.tilesY;
  let tileX = tile % params.tilesX;`;

/** Elements of a position. */
const plane = 'let plane = params.tiles * params.channels;';

/**
 * image `[n, height, width, C]` → tiles `[(m + 2)², tiles, C]` or `[(m + 2)², C, pitch]`; what lies outside of the image is zero.
 * `input`: Bᵀ·d·B of the (m + 2)² pixels that m × m outputs see, `padding` before the first. `gradient`: A·d·Aᵀ of m × m pixels.
 */
export const imageToTiles = memoizeKernel(
  (m: TileSize, kind: 'input' | 'gradient', order: TileOrder, dtype: Dtype) => {
    const { at, bt } = winograd(m);
    const matrix = kind === 'input' ? bt : transpose(at);
    const positions = matrix.length;
    const side = kind === 'input' ? positions : m;
    return defineKernel({
      name: `conv2d.winograd.${kind} ${m}×${m}${order === 'by tile' ? '' : ', by channel'}${dtypeLabel(dtype)}`,
      bindings: { image: read(dtype), tiles: write() },
      params: { ...tileParams, padding: 'u32', pitch: 'u32' },
      workgroupSize: [THREADS],
      builtins,
      declarations: wgsl`fn load(n: u32, y: i32, x: i32, channel: u32) -> f32 {
  let inside = u32(y) < params.height && u32(x) < params.width;
  let at = ((n * params.height + u32(y)) * params.width + u32(x)) * params.channels + channel;
  return select(0.0, f32(image[select(0u, at, inside)]), inside);
}`,
      body: wgsl`
  ${tileStart(order)}
  ${order === 'by tile' ? plane : 'let plane = params.channels * params.pitch;'}
  let at = ${order === 'by tile' ? 'index' : 'channel * params.pitch + tile'};
  let top = i32(tileY * ${m}u) - i32(params.padding);
  let left = i32(tileX * ${m}u) - i32(params.padding);
  ${unroll(side, (i) => unroll(side, (j) => `let x${i}_${j} = load(image, top + ${i}, left + ${j}, channel);`, ' '), '\n  ')}
  ${transform2d(matrix, 'x', 'v')}
  ${unroll(positions, (i) => unroll(positions, (j) => `tiles[${i * positions + j}u * plane + at] = v${i}_${j};`, ' '), '\n  ')}`,
    });
  },
);

/** tiles `[(m + 2)², tiles, C]` → y `[n, height, width, C]` by Aᵀ·d·A, with what may follow a convolution. */
export const tilesToImage = memoizeKernel((m: TileSize, epilogue: Epilogue, dtype: Dtype) => {
  const { at } = winograd(m);
  const positions = m + TAPS - 1;
  const after = elementEpilogue(epilogue, dtype);
  return defineKernel({
    name: `conv2d.winograd.output ${m}×${m}${epilogueLabel(epilogue)}${dtypeLabel(dtype)}`,
    bindings: { tiles: read(), ...after.bindings, y: write(dtype) },
    params: { ...tileParams, ...epilogueParams },
    workgroupSize: [THREADS],
    builtins,
    declarations: after.functions,
    body: wgsl`
  ${tileStart()}
  ${plane}
  ${unroll(positions, (i) => unroll(positions, (j) => `let x${i}_${j} = tiles[${i * positions + j}u * plane + index];`, ' '), '\n  ')}
  ${transform2d(at, 'x', 'y')}
  ${after.start}
  let corner = ((image * params.height + tileY * ${m}u) * params.width + tileX * ${m}u) * params.channels + channel;
  ${unroll(m, (i) =>
    unroll(m, (j) => {
      const element = `corner + (${i}u * params.width + ${j}u) * params.channels`;
      return wgsl`if (tileY * ${m}u + ${i}u < params.height && tileX * ${m}u + ${j}u < params.width) { ${after.store(element, `y${i}_${j}`)} }`;
    }),
  )}`,
  });
});

/**
 * weight `[3, 3, c, k]` → tiles by G·g·Gᵀ of `count` output channels from `first` on: `[(m + 2)², c, count]` forwards;
 * `[(m + 2)², k, count]` of the weights turned by 180° `backwards`, since dx is the convolution of dy with those.
 */
export const weightToTiles = memoizeKernel(
  (m: TileSize, direction: 'forwards' | 'backwards', dtype: Dtype) => {
    const { g } = winograd(m);
    const positions = m + TAPS - 1;
    const forwards = direction === 'forwards';
    const load = (r: number, s: number) => {
      const tap = forwards ? r * TAPS + s : TAPS * TAPS - 1 - r * TAPS - s;
      return `f32(weight[${tap}u * plane + at])`;
    };
    return defineKernel({
      name: `conv2d.winograd.weight ${m}×${m} ${direction}${dtypeLabel(dtype)}`,
      bindings: { weight: read(dtype), tiles: write() },
      params: { c: 'u32', k: 'u32', first: 'u32', count: 'u32' },
      workgroupSize: [THREADS],
      builtins,
      body: wgsl`
  ${threadIndex}
  let part = params.${forwards ? 'c' : 'k'} * params.count;
  if (index >= part) { return; }
  let inner = index / params.count;
  let outer = params.first + index % params.count;
  let at = ${forwards ? 'inner * params.k + outer' : 'outer * params.k + inner'};
  let plane = params.c * params.k;
  ${unroll(TAPS, (r) => unroll(TAPS, (s) => `let x${r}_${s} = ${load(r, s)};`, ' '), '\n  ')}
  ${transform2d(g, 'x', 'u')}
  ${unroll(positions, (i) => unroll(positions, (j) => `tiles[${i * positions + j}u * part + index] = u${i}_${j};`, ' '), '\n  ')}`,
    });
  },
);

/**
 * tiles `[(m + 2)², part]`, the sums of products of an input's and a gradient's tiles → by Gᵀ·p·G the elements from `first` on
 * of each plane of dWeight `[3, 3, plane]`, a plane being c · k and a part some of its c.
 */
export const tilesToWeight = memoizeKernel((m: TileSize) => {
  const positions = m + TAPS - 1;
  return defineKernel({
    name: `conv2d.winograd.dWeight ${m}×${m}`,
    bindings: { tiles: read(), dWeight: write() },
    params: { part: 'u32', first: 'u32', plane: 'u32' },
    workgroupSize: [THREADS],
    builtins,
    body: wgsl`
  ${threadIndex}
  let part = params.part;
  if (index >= part) { return; }
  ${unroll(positions, (i) => unroll(positions, (j) => `let x${i}_${j} = tiles[${i * positions + j}u * part + index];`, ' '), '\n  ')}
  ${transform2d(transpose(winograd(m).g), 'x', 'w')}
  ${unroll(TAPS, (r) => unroll(TAPS, (s) => `dWeight[${r * TAPS + s}u * params.plane + params.first + index] = w${r}_${s};`, ' '), '\n  ')}`,
  });
});
