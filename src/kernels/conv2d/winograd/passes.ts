/** The three passes, each a chain of kernels with transformed tensors between them. */
import { rowOfWorkgroups, type Gpu, type Grid, type Storage } from '../../../gpu/index.ts';
import { itemsPerBinding } from '../../chunks.ts';
import type { Dtype } from '../../dtype.ts';
import { accumulate } from '../../elementwise/index.ts';
import { given } from '../../optional.ts';
import type { BackwardDataStorages, BackwardWeightStorages, ForwardStorages } from '../algorithm.ts';
import type { Epilogue } from '../epilogue.wgsl.ts';
import { epilogueOf, imageParts, normOf } from '../parts.ts';
import { outputSize, type Conv2dShape } from '../shape.ts';
import { TAPS, type TileSize } from './matrices.ts';
import { bytesOfImage, positionsOf, tilingOf, type Tiling } from './tiling.ts';
import { imageToTiles, THREADS, tilesToImage, tilesToWeight, weightToTiles } from './transforms.wgsl.ts';

/** No slower than whole batches on lavapipe, for half of the memory (docs/decisions.md). */
const PART_BYTES = 16 * 2 ** 20;

/** A way to multiply a batch of matrices: c = a · b or aᵀ · b, for each of `positions`. */
export interface Product {
  /** a `[positions, rows, inner]`, b `[positions, inner, columns]`, c `[positions, rows, columns]`. */
  plain(gpu: Gpu, storages: ProductStorages, shape: ProductShape): void;
  /** a `[positions, inner, rows]`. */
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
  const weights = transformWeight(gpu, weight, shape, m, 'forwards');
  const after = normOf(norm, k);
  for (const part of winogradParts(gpu, shape, { x, y, residual: norm?.residual }, m)) {
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
  const weights = transformWeight(gpu, weight, shape, m, 'backwards');
  for (const part of winogradParts(gpu, shape, { x: dx, y: dy }, m)) {
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
  const elements = positions * c * k;
  const sums = gpu.temporary(elements * 4, 'winograd weight gradient');
  winogradParts(gpu, shape, { x, y: dy }, m).forEach((part, i) => {
    const { n, oh, ow } = part;
    const tiles = tilingOf(n, oh, ow, m);
    const input = { ...tiles, height: h, width: w, channels: c };
    const output = { ...tiles, height: oh, width: ow, channels: k };
    const a = transformImage(gpu, part.x, input, padding, m, 'input', 'f32');
    const b = transformImage(gpu, part.y, output, 0, m, 'gradient', 'f32');
    const target = i === 0 ? sums : gpu.temporary(elements * 4, 'winograd weight gradient of a part');
    product.transposed(gpu, { a, b, c: target }, { positions, rows: c, columns: k, inner: tiles.tiles });
    if (i > 0) accumulate(gpu, { x: target, y: sums }, elements);
  });
  const plane = c * k;
  gpu.run(tilesToWeight(m), { tiles: sums, dWeight }, { plane }, threads(plane));
}

/** Images without their number; channels in elements. */
interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** output = image ∗ the filter whose transform is `weights`, then the epilogue. */
function convolve(
  gpu: Gpu,
  image: Storage,
  weights: Storage,
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
  const tiling = tilingOf(how.n, height, width, m);
  const positions = positionsOf(m);
  const a = transformImage(gpu, image, { ...tiling, ...how.image }, how.padding, m, 'input', how.dtype);
  const c = gpu.temporary(positions * tiling.tiles * channels * 4, 'winograd output');
  const inner = how.image.channels;
  product.plain(gpu, { a, b: weights, c }, { positions, rows: tiling.tiles, columns: channels, inner });
  const params = { ...tiling, height, width, channels, ...how.params };
  const bindings = { tiles: c, ...how.bindings, y: output };
  gpu.run(
    tilesToImage(m, how.epilogue, how.dtype),
    bindings,
    params,
    threads(tiling.tiles * params.channels),
  );
}

function transformImage(
  gpu: Gpu,
  image: Storage,
  sizes: Tiling & ImageSize,
  padding: number,
  m: TileSize,
  kind: 'input' | 'gradient',
  dtype: Dtype,
): Storage {
  const tiles = gpu.temporary(positionsOf(m) * sizes.tiles * sizes.channels * 4, `winograd ${kind}`);
  const params = { ...sizes, padding };
  gpu.run(imageToTiles(m, kind, dtype), { image, tiles }, params, threads(sizes.tiles * sizes.channels));
  return tiles;
}

function transformWeight(
  gpu: Gpu,
  weight: Storage,
  { c, k, dtype = 'f32' }: Conv2dShape,
  m: TileSize,
  direction: 'forwards' | 'backwards',
): Storage {
  const tiles = gpu.temporary(positionsOf(m) * c * k * 4, 'winograd weight');
  gpu.run(weightToTiles(m, direction, dtype), { weight, tiles }, { c, k }, threads(c * k));
  return tiles;
}

/**
 * The batch in equal parts whose transformed tensors are of PART_BYTES at the most: they bound what a step needs beside its
 * activations. Of more only where bindings could not start between such parts.
 */
function winogradParts(
  gpu: Gpu,
  shape: Conv2dShape,
  storages: Parameters<typeof imageParts>[2],
  m: TileSize,
) {
  const { n, h, w } = shape;
  const { oh, ow } = outputSize(shape);
  const { bindingAlignment, maxBindingBytes: most } = gpu;
  const [x, y, transformed] = bytesOfImage(shape, m);
  const fitting = (maxBindingBytes: number) =>
    itemsPerBinding({ maxBindingBytes, bindingAlignment }, n, x, y, transformed);
  let images = fitting(Math.min(PART_BYTES, most)) || fitting(most); // not 0: suitsWinograd has seen it
  const even = Math.ceil(n / Math.ceil(n / images));
  const evenLimits = { maxBindingBytes: even * Math.max(x, y), bindingAlignment };
  if (itemsPerBinding(evenLimits, n, x, y) === even) images = even;
  return imageParts(gpu, shape, storages, images * Math.max(h * w, oh * ow));
}

const threads = (count: number): Grid => rowOfWorkgroups(Math.ceil(count / THREADS));
