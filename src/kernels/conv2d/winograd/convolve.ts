/** The three passes, each a chain of kernels with transformed tensors between them. */
import { rowOfWorkgroups, type Gpu, type Grid, type Storage } from '../../../gpu/index.ts';
import type { Dtype } from '../../dtype.ts';
import { accumulate } from '../../elementwise/index.ts';
import { given } from '../../optional.ts';
import type { BackwardDataStorages, BackwardWeightStorages, ForwardStorages } from '../algorithm.ts';
import type { Epilogue } from '../wgsl/epilogue.wgsl.ts';
import { epilogueOf, normOf } from '../batch-parts.ts';
import type { Conv2dShape } from '../shape.ts';
import { TAPS, type TileSize } from './matrices.ts';
import { channelParts, winogradParts, type ChannelPart } from './batch-parts.ts';
import { pitchOf, positionsOf, tilingOf, type Tiling } from './tiling.ts';
import {
  imageToTiles,
  THREADS,
  TILE_BLOCK,
  tilesToImage,
  tilesToWeight,
  weightToTiles,
  type TileOrder,
} from './transforms.wgsl.ts';

/** A way to multiply a batch of matrices: c = a · b or aᵀ · b, for each of `positions`. */
export interface Product {
  /** How a plain product takes a: `[positions, rows, inner]` by tile, `[positions, inner, pitchOf(rows)]` by channel. */
  readonly inputs: TileOrder;
  /** a, b `[positions, inner, columns]` → `columns` from `first` on of c `[positions, rows, whole]`. */
  plain(gpu: Gpu, storages: ProductStorages, shape: ProductShape): void;
  /** `rows` from `first` on of a `[positions, inner, whole]`, b as above → c `[positions, rows, columns]`. */
  transposed(gpu: Gpu, storages: ProductStorages, shape: ProductShape): void;
}

export interface ProductStorages {
  readonly a: Storage;
  readonly b: Storage;
  readonly c: Storage;
}

export interface ProductShape {
  readonly positions: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Columns of c or, transposed, rows of a, of which a product is a part; multiples of four as all sizes but a plain product's rows. */
  readonly whole: number;
  readonly first: number;
}

/**
 * y = x ∗ weight, then `norm`: x `[n, h, w, c]`, weight `[3, 3, c, k]`, y `[n, oh, ow, k]`. Throws `RangeError` for storages that
 * are too small, as all three passes do.
 */
export function winogradForward(
  gpu: Gpu,
  { x, weight, y, norm }: ForwardStorages,
  shape: Conv2dShape,
  m: TileSize,
  product: Product,
): void {
  const { h, w, c, k, padding, dtype = 'f32' } = shape;
  const parts = winogradParts(gpu, shape, { x, y, residual: norm?.residual }, m);
  const weights = transformWeight(gpu, weight, shape, m, 'forwards', parts.length);
  const after = normOf(norm, k);
  for (const part of parts) {
    convolve(gpu, part.x, weights, part.y, product, m, {
      n: part.n,
      image: { height: h, width: w, channels: c },
      output: { height: part.oh, width: part.ow, channels: k },
      padding,
      dtype,
      epilogue: epilogueOf(norm),
      bindings: given({ ...after.bindings, residual: part.residual }),
      params: after.params,
    });
  }
}

/** dx `[n, h, w, c]` is dy convolved with the weights turned by 180°, their channels swapped. */
export function winogradBackwardData(
  gpu: Gpu,
  { dy, weight, dx }: BackwardDataStorages,
  shape: Conv2dShape,
  m: TileSize,
  product: Product,
): void {
  const { h, w, c, k } = shape;
  const parts = winogradParts(gpu, shape, { x: dx, y: dy }, m);
  const weights = transformWeight(gpu, weight, shape, m, 'backwards', parts.length);
  for (const part of parts) {
    convolve(gpu, part.y, weights, part.x, product, m, {
      n: part.n,
      image: { height: part.oh, width: part.ow, channels: k },
      output: { height: h, width: w, channels: c },
      padding: TAPS - 1 - shape.padding,
      dtype: 'f32',
      epilogue: 'none',
      bindings: {},
      params: normOf(undefined, 0).params,
    });
  }
}

/**
 * The transpose of y = Aᵀ[(G·g) ⊙ (Bᵀ·d)] in g: Gᵀ[(A·dy) ⊙ (Bᵀ·d)], summed over all tiles before Gᵀ is applied,
 * which makes each position a matrix product over the tiles.
 */
export function winogradBackwardWeight(
  gpu: Gpu,
  { x, dy, dWeight }: BackwardWeightStorages,
  shape: Conv2dShape,
  m: TileSize,
  product: Product,
): void {
  const { h, w, c, k, padding } = shape;
  const positions = positionsOf(m);
  const images = winogradParts(gpu, shape, { x, y: dy }, m);
  const transformed = ({ n, oh, ow, x, y }: (typeof images)[number]) => {
    const tiles = tilingOf(n, oh, ow, m);
    const input = { height: h, width: w, channels: c };
    const output = { height: oh, width: ow, channels: k };
    const a = transformImage(gpu, x, input, tiles, padding, m, 'input', 'by tile', 'f32');
    const b = transformImage(gpu, y, output, tiles, 0, m, 'gradient', 'by tile', 'f32');
    return { a, b, inner: tiles.tiles };
  };
  const known: ReturnType<typeof transformed>[] = [];
  for (const { first, count } of channelParts(gpu, c, k, m, images.length)) {
    const elements = positions * count * k;
    const sums = gpu.temporary(elements * 4, 'winograd weight gradient');
    images.forEach((image, i) => {
      const { a, b, inner } = (known[i] ??= transformed(image));
      const target = i === 0 ? sums : gpu.temporary(elements * 4, 'winograd weight gradient of a part');
      const sizes = { positions, rows: count, columns: k, inner, whole: c, first };
      product.transposed(gpu, { a, b, c: target }, sizes);
      if (i > 0) accumulate(gpu, { x: target, y: sums }, elements);
    });
    const part = { part: count * k, first: first * k, plane: c * k };
    gpu.run(tilesToWeight(m), { tiles: sums, dWeight }, part, threads(part.part));
  }
}

/** Images without their number; channels in elements. */
interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Output channels of a weight, transformed at the first call. */
interface WeightPart extends ChannelPart {
  readonly tiles: () => Storage;
}

/** output = image ∗ the filter that `weights` are the parts of, then the epilogue. */
function convolve(
  gpu: Gpu,
  image: Storage,
  weights: readonly WeightPart[],
  output: Storage,
  product: Product,
  m: TileSize,
  how: {
    readonly n: number;
    readonly image: ImageSize;
    readonly output: ImageSize;
    readonly padding: number;
    readonly dtype: Dtype;
    readonly epilogue: Epilogue;
    readonly bindings: Readonly<Record<string, Storage>>;
    readonly params: { readonly eps: number; readonly relu: number };
  },
): void {
  const { height, width, channels } = how.output;
  const { eps, relu } = how.params;
  const tiling = tilingOf(how.n, height, width, m);
  const { tilesX, tilesY, tiles: rows } = tiling;
  const positions = positionsOf(m);
  const a = transformImage(gpu, image, how.image, tiling, how.padding, m, 'input', product.inputs, how.dtype);
  const c = gpu.temporary(positions * rows * channels * 4, 'winograd output');
  const inner = how.image.channels;
  for (const { first, count, tiles } of weights) {
    const sizes = { positions, rows, columns: count, inner, whole: channels, first };
    product.plain(gpu, { a, b: tiles(), c }, sizes);
  }
  const params = { tilesX, tilesY, tiles: rows, height, width, channels, eps, relu };
  const bindings = { tiles: c, ...how.bindings, y: output };
  gpu.run(tilesToImage(m, how.epilogue, how.dtype), bindings, params, threads(rows * channels));
}

function transformImage(
  gpu: Gpu,
  image: Storage,
  { height, width, channels }: ImageSize,
  { tilesX, tilesY, tiles: count }: Tiling,
  padding: number,
  m: TileSize,
  kind: 'input' | 'gradient',
  order: TileOrder,
  dtype: Dtype,
): Storage {
  const [pitch, blocked] =
    order === 'by tile' ? [count, count] : [pitchOf(count), Math.ceil(count / TILE_BLOCK) * TILE_BLOCK];
  const tiles = gpu.temporary(positionsOf(m) * pitch * channels * 4, `winograd ${kind}`);
  const params = { tilesX, tilesY, tiles: count, height, width, channels, padding, pitch };
  gpu.run(imageToTiles(m, kind, order, dtype), { image, tiles }, params, threads(blocked * channels));
  return tiles;
}

/** The parts of a weight, each transformed when it is first needed: what is used once should not take memory before. */
function transformWeight(
  gpu: Gpu,
  weight: Storage,
  { c, k, dtype = 'f32' }: Conv2dShape,
  m: TileSize,
  direction: 'forwards' | 'backwards',
  imageParts: number,
): WeightPart[] {
  const [inputs, outputs] = direction === 'forwards' ? [c, k] : [k, c];
  return channelParts(gpu, outputs, inputs, m, imageParts).map(({ first, count }) => {
    let known: Storage | undefined;
    const transform = () => {
      const tiles = gpu.temporary(positionsOf(m) * inputs * count * 4, 'winograd weight');
      const kernel = weightToTiles(m, direction, dtype);
      gpu.run(kernel, { weight, tiles }, { c, k, first, count }, threads(inputs * count));
      return tiles;
    };
    return { first, count, tiles: () => (known ??= transform()) };
  });
}

const threads = (count: number): Grid => rowOfWorkgroups(Math.ceil(count / THREADS));
