/**
 * 2-D convolution, forward and both gradients, from buffers to buffers. Two families of kernels compute the same
 * things: `tiled` for GPUs, `subgroup` for software adapters, where it is about twice as fast (docs/decisions.md).
 *
 * Layouts: activations `[N, H, W, C]`, weights `[R, S, C, K]`.
 */
import { GpuError, MAX_WORKGROUPS, rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { given } from '../optional.ts';
import type { Epilogue } from './epilogue.wgsl.ts';
import { checkConv2dShape, outputSize, type Conv2dShape } from './shape.ts';
import { subgroupBackwardData } from './subgroup/backward-data.wgsl.ts';
import { subgroupBackwardWeight } from './subgroup/backward-weight.wgsl.ts';
import { subgroupForward } from './subgroup/forward.wgsl.ts';
import { sumSlices } from './sum-slices.wgsl.ts';
import { tiledBackwardData } from './tiled/backward-data.wgsl.ts';
import { tiledBackwardWeight } from './tiled/backward-weight.wgsl.ts';
import { tiledForward } from './tiled/forward.wgsl.ts';
import { BUSY_WORKGROUPS, largeTile, smallTile, type Tile } from './tiled/tile.wgsl.ts';

export { oihwToRsck, rsckShape, rsckToOihw } from './layout.ts';
export { conv2dFlops, outputSize, type Conv2dShape } from './shape.ts';

export type Conv2dVariant = 'tiled' | 'subgroup';

/** The family that suits an adapter: `subgroup` needs a software adapter whose subgroups have one known size. */
export function conv2dVariant(gpu: Gpu): Conv2dVariant {
  return gpu.software && gpu.subgroupSize !== null && gpu.subgroupSize <= 16 ? 'subgroup' : 'tiled';
}

/** Batch norm by given statistics (Ioffe and Szegedy 2015), each `[k]`, applied to a convolution's sums as they are stored. */
export interface Conv2dNorm {
  readonly mean: Storage;
  readonly variance: Storage;
  readonly gamma: Storage;
  readonly beta: Storage;
  readonly eps: number;
  /** Added before ReLU; of y's shape. */
  readonly residual?: Storage | undefined;
  readonly relu: boolean;
}

/**
 * y = x ∗ weight (cross-correlation, as in PyTorch); with `norm` y = (x ∗ weight − mean) / √(variance + eps) · gamma + beta
 * [+ residual] [then ReLU, which keeps NaN], in the same kernel. Throws `RangeError` for sizes that fit no convolution.
 */
export function conv2dForward(
  gpu: Gpu,
  storages: {
    readonly x: Storage;
    readonly weight: Storage;
    readonly y: Storage;
    readonly norm?: Conv2dNorm | undefined;
  },
  shape: Conv2dShape,
  variant: Conv2dVariant = conv2dVariant(gpu),
): void {
  const { weight, norm } = storages;
  const { c, k, r, s, stride, padding, h, w } = shape;
  const lanes = lanesFor(gpu, variant);
  const vectors = [c % 4 === 0, k % 4 === 0] as const;
  const { epilogue, ...after } = epilogueOf(norm, k);
  for (const part of imageParts(gpu, shape, { ...storages, residual: norm?.residual }, variant)) {
    const { oh, ow, n } = part;
    const count = n * oh * ow;
    const sizes = { h, c, k, oh, ow, count, rowLength: w * c, windowLength: s * c, r, stride, padding };
    const params = { ...sizes, ...after.params };
    const bindings = {
      x: part.x,
      weight,
      ...given({ ...after.bindings, residual: part.residual }),
      y: part.y,
    };
    if (variant === 'subgroup') {
      const channels = subgroupChannels(lanes);
      const kernel = subgroupForward(lanes, SUBGROUP_PIXELS, channels, ...vectors, epilogue);
      gpu.run(kernel, bindings, params, [
        Math.ceil(count / (lanes * SUBGROUP_PIXELS)),
        Math.ceil(k / channels),
      ]);
    } else {
      const { large, grid } = tiledGrid(vectors, count, k);
      gpu.run(tiledForward(large, ...vectors, epilogue), bindings, params, grid);
    }
  }
}

/** dx = the gradient with respect to x of Σ dy · y. Every element of dx is written. */
export function conv2dBackwardData(
  gpu: Gpu,
  { dy, weight, dx }: { readonly dy: Storage; readonly weight: Storage; readonly dx: Storage },
  shape: Conv2dShape,
  variant: Conv2dVariant = conv2dVariant(gpu),
): void {
  const { c, k, r, s, stride, padding, h, w } = shape;
  const lanes = lanesFor(gpu, variant);
  const vectors = [c % 4 === 0, k % 4 === 0] as const;
  for (const part of imageParts(gpu, shape, { x: dx, y: dy }, variant)) {
    const { oh, ow, n } = part;
    // The largest of the stride² phases; the others have a row or a column less.
    const count = n * Math.ceil(h / stride) * Math.ceil(w / stride);
    const params = { n, h, w, c, k, oh, ow, r, s, padding };
    const bindings = { dy: part.y, weight, dx: part.x };
    if (variant === 'subgroup') {
      const channels = subgroupChannels(lanes);
      const kernel = subgroupBackwardData(lanes, SUBGROUP_PIXELS, channels, stride, ...vectors);
      const grid = [
        Math.ceil(count / (lanes * SUBGROUP_PIXELS)),
        Math.ceil(c / channels),
        stride * stride,
      ] as const;
      gpu.run(kernel, bindings, params, grid);
    } else {
      const { large, grid } = tiledGrid(vectors, count, c, stride * stride);
      gpu.run(tiledBackwardData(large, stride, ...vectors), bindings, params, grid);
    }
  }
}

/** dWeight = the gradient with respect to the weight of Σ dy · y, summed over all images in a fixed order. */
export function conv2dBackwardWeight(
  gpu: Gpu,
  { x, dy, dWeight }: { readonly x: Storage; readonly dy: Storage; readonly dWeight: Storage },
  shape: Conv2dShape,
  variant: Conv2dVariant = conv2dVariant(gpu),
): void {
  const { c, k, r, s, stride, padding, h, w } = shape;
  const lanes = lanesFor(gpu, variant);
  const vectors = [c % 4 === 0, k % 4 === 0] as const;
  const windowLength = s * c;
  const elements = r * windowLength * k;
  const parts = imageParts(gpu, shape, { x, y: dy }, variant);
  const slicesPerPart = variant === 'subgroup' ? 1 : weightSlices(shape);
  const slices = parts.length * slicesPerPart;
  // One slice is the result itself; several are added up afterwards.
  const target = slices === 1 ? dWeight : gpu.temporary(elements * 4 * slices, 'conv2d weight slices');
  parts.forEach((part, i) => {
    const { oh, ow } = part;
    const bindings = { x: part.x, dy: part.y, dWeight: target };
    const firstSlice = i * slicesPerPart;
    const sizes = { h, c, k, oh, ow, rowLength: w * c, windowLength, r, stride, padding, firstSlice };
    if (variant === 'subgroup') {
      const channels = subgroupChannels(lanes);
      const kernel = subgroupBackwardWeight(lanes, channels, ...vectors);
      const grid = [Math.ceil(windowLength / (lanes * 4)), Math.ceil(k / channels), r] as const;
      gpu.run(kernel, bindings, { ...sizes, rows: part.n * oh }, grid);
    } else {
      const count = part.n * oh * ow;
      const { large, tile } = weightTile(shape);
      const perSlice = Math.ceil(count / slicesPerPart);
      const params = { ...sizes, count, perSlice, perImage: 1 / (oh * ow), perRow: 1 / ow };
      const grid = [Math.ceil(windowLength / tile.m), Math.ceil(k / tile.n), r * slicesPerPart] as const;
      gpu.run(tiledBackwardWeight(large, ...vectors), bindings, params, grid);
    }
  });
  if (slices > 1) {
    const grid = rowOfWorkgroups(Math.ceil(elements / 64));
    gpu.run(sumSlices, { parts: target, sum: dWeight }, { count: elements, slices }, grid);
  }
}

/** The kernel's epilogue for a `norm`, with the bindings (but the residual's) and parameters that it takes. */
function epilogueOf(norm: Conv2dNorm | undefined, k: number) {
  if (!norm) return { epilogue: 'none' as Epilogue, bindings: {}, params: { eps: 0, relu: 0 } };
  const { mean, variance, gamma, beta, eps, residual, relu } = norm;
  const bindings = { mean, variance, gamma, beta };
  const sized = Object.entries(bindings).map(([name, storage]) => [name, [storage, k] as const]);
  checkStorages('conv2d', Object.fromEntries(sized));
  const epilogue: Epilogue = residual ? 'norm + residual' : 'norm';
  return { epilogue, bindings, params: { eps, relu: Number(relu) } };
}

interface ImagePart {
  readonly n: number;
  readonly oh: number;
  readonly ow: number;
  readonly x: Storage;
  readonly y: Storage;
  readonly residual: Storage | undefined;
}

/**
 * Splits the batch into parts that an adapter can bind and a grid can count; usually there is one. Throws `RangeError` for
 * storages that are too small, `GpuError` where an image is too large.
 */
function imageParts(
  gpu: Gpu,
  shape: Conv2dShape,
  { x, y, residual }: { readonly x: Storage; readonly y: Storage; readonly residual?: Storage | undefined },
  variant: Conv2dVariant,
): ImagePart[] {
  checkConv2dShape(shape);
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, stride } = shape;
  const xBytes = h * w * c * 4;
  const yBytes = oh * ow * k * 4;
  // What a dispatch counts: pixels of y, or those of dx in the largest phase of the stride.
  const pixels = Math.max(oh * ow, Math.ceil(h / stride) * Math.ceil(w / stride));
  const perWorkgroup = variant === 'subgroup' ? lanesFor(gpu, variant) * SUBGROUP_PIXELS : smallTile.m;
  const images = Math.floor((perWorkgroup * MAX_WORKGROUPS) / pixels);
  if (images === 0) {
    throw new GpuError(
      `conv2d: an image of ${pixels} pixels exceeds the ${perWorkgroup * MAX_WORKGROUPS} that a grid can count: use smaller images.`,
    );
  }
  for (const [name, storage, bytes] of [
    ['x', x, n * xBytes],
    ['y', y, n * yBytes],
    ['residual', residual, n * yBytes],
  ] as const) {
    if (storage && storage.bytes < bytes)
      throw new RangeError(`conv2d: ${name} has ${storage.bytes} bytes; its shape needs ${bytes}.`);
  }
  const limit = Math.min(gpu.maxBindingBytes, images * Math.max(xBytes, yBytes));
  return bindingChunks(
    { maxBindingBytes: limit, bindingAlignment: gpu.bindingAlignment },
    n,
    xBytes,
    yBytes,
  ).map((chunk) => ({
    n: chunk.count,
    oh,
    ow,
    x: x.slice(chunk.first * xBytes, chunk.count * xBytes),
    y: y.slice(chunk.first * yBytes, chunk.count * yBytes),
    residual: residual?.slice(chunk.first * yBytes, chunk.count * yBytes),
  }));
}

/** Lanes in a subgroup; 0 where the variant does not care. */
function lanesFor(gpu: Gpu, variant: Conv2dVariant): number {
  if (variant === 'tiled') return 0;
  if (gpu.subgroupSize === null)
    throw new RangeError('conv2d: this adapter has no fixed subgroup size; use the tiled kernels.');
  return gpu.subgroupSize;
}

/** Pixels a lane and output channels a subgroup: 4 × 16 sums fill a CPU's vector registers (docs/decisions.md). */
const SUBGROUP_PIXELS = 4;
const subgroupChannels = (lanes: number): number => Math.max(16, lanes);

/**
 * Large tiles where they keep a GPU busy, small ones elsewhere, over `rows` × `columns` outputs. Channel counts that
 * are no multiple of four take small ones too: element-wise access multiplies the code of a tile, and its compile time.
 */
function tiledGrid(
  vectors: readonly boolean[],
  rows: number,
  columns: number,
  depth = 1,
): { large: boolean; grid: [number, number, number] } {
  const gridOf = ({ m, n }: Tile): [number, number, number] => [
    Math.ceil(rows / m),
    Math.ceil(columns / n),
    depth,
  ];
  const [x, y, z] = gridOf(largeTile);
  const large = x * y * z >= BUSY_WORKGROUPS && !vectors.includes(false);
  return { large, grid: large ? [x, y, z] : gridOf(smallTile) };
}

function weightTile({ s, c, k }: Conv2dShape): { large: boolean; tile: Tile } {
  const large = s * c >= largeTile.m && k >= largeTile.n && c % 4 === 0 && k % 4 === 0;
  return { large, tile: large ? largeTile : smallTile };
}

/** Into how many slices backward-weight splits its sum over pixels: enough to keep a GPU busy, none of them tiny. */
function weightSlices(shape: Conv2dShape): number {
  const { oh, ow } = outputSize(shape);
  const { tile } = weightTile(shape);
  const workgroups = Math.ceil((shape.s * shape.c) / tile.m) * Math.ceil(shape.k / tile.n) * shape.r;
  const wanted = Math.ceil((2 * BUSY_WORKGROUPS) / workgroups);
  const most = Math.ceil((shape.n * oh * ow) / 256);
  return Math.max(1, Math.min(wanted, most));
}
