/**
 * What the algorithms of a pass share on the host: a batch may exceed what the adapter binds or a dispatch counts, so it
 * is worked on in parts, each with the bindings and parameters that wgsl/interface.wgsl.ts declares. Usually there is one.
 */
import { GpuError, MAX_WORKGROUPS, rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { checkAlike } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { bytesOf } from '../dtype.ts';
import { given } from '../optional.ts';
import type {
  BackwardDataStorages,
  BackwardWeightStorages,
  Conv2dNorm,
  ForwardStorages,
} from './algorithm.ts';
import type { Epilogue } from './wgsl/epilogue.wgsl.ts';
import { outputSize, type Conv2dShape } from './shape.ts';
import { sumSlices } from './wgsl/sum-slices.wgsl.ts';

/** The epilogue that a kernel for these storages has. */
export const epilogueOf = (norm: Conv2dNorm | undefined): Epilogue =>
  !norm ? 'none' : norm.residual ? 'norm + residual' : 'norm';

/** The parts of a forward pass whose workgroups take `perWorkgroup` of the part's `count` output pixels each. */
export function forwardParts(gpu: Gpu, storages: ForwardStorages, shape: Conv2dShape, perWorkgroup: number) {
  const { weight, norm } = storages;
  const { h, w, c, k, r, s, stride, padding } = shape;
  const after = normOf(norm, k);
  return imageParts(gpu, shape, { ...storages, residual: norm?.residual }, perWorkgroup * MAX_WORKGROUPS).map(
    ({ n, oh, ow, x, y, residual }) => {
      const count = n * oh * ow;
      const sizes = { h, c, k, oh, ow, count, rowLength: w * c, windowLength: s * c, r, stride, padding };
      return {
        count,
        bindings: { x, weight, ...given({ ...after.bindings, residual }), y },
        params: { ...sizes, ...after.params },
      };
    },
  );
}

/**
 * The parts of a backward-data pass, whose stride² phases are computed each by itself: `count` pixels of dx in the largest
 * phase, of which a workgroup takes `perWorkgroup`; the others have a row or a column less.
 */
export function backwardDataParts(
  gpu: Gpu,
  { dy, weight, dx }: BackwardDataStorages,
  shape: Conv2dShape,
  perWorkgroup: number,
) {
  const { h, w, c, k, r, s, stride, padding } = shape;
  return imageParts(gpu, shape, { x: dx, y: dy }, perWorkgroup * MAX_WORKGROUPS).map(
    ({ n, oh, ow, x, y }) => ({
      count: n * Math.ceil(h / stride) * Math.ceil(w / stride),
      bindings: { dy: y, weight, dx: x },
      params: { n, h, w, c, k, oh, ow, r, s, padding },
    }),
  );
}

/** A pixel's number times a reciprocal is exact, for those kernels that divide so, below 12,582,912. */
const COUNTABLE_PIXELS = 12_582_911;

/**
 * Runs a backward-weight pass, whose sum over pixels `run` splits into `slicesPerPart` slices for each part of `rows` rows
 * and `count` pixels of dy; several slices are added up afterwards, in a fixed order.
 */
export function runBackwardWeight(
  gpu: Gpu,
  { x, dy, dWeight }: BackwardWeightStorages,
  shape: Conv2dShape,
  slicesPerPart: number,
  run: (part: ReturnType<typeof backwardWeightPart>) => void,
): void {
  const { r, s, c, k } = shape;
  const elements = r * s * c * k;
  const parts = imageParts(gpu, shape, { x, y: dy }, COUNTABLE_PIXELS);
  const slices = parts.length * slicesPerPart;
  // One slice is the result itself.
  const target = slices === 1 ? dWeight : gpu.temporary(elements * 4 * slices, 'conv2d weight slices');
  parts.forEach((part, i) => run(backwardWeightPart(shape, part, target, i * slicesPerPart)));
  if (slices > 1) {
    const grid = rowOfWorkgroups(Math.ceil(elements / 64));
    gpu.run(sumSlices, { parts: target, sum: dWeight }, { count: elements, slices }, grid);
  }
}

function backwardWeightPart(
  { h, w, c, k, r, s, stride, padding }: Conv2dShape,
  { n, oh, ow, x, y }: ImagePart,
  dWeight: Storage,
  firstSlice: number,
) {
  const rows = n * oh;
  const sizes = { h, c, k, oh, ow, rowLength: w * c, windowLength: s * c, r, stride, padding };
  return {
    rows,
    count: rows * ow,
    bindings: { x, dy: y, dWeight },
    params: { ...sizes, firstSlice },
  };
}

/** The bindings (but the residual's) and parameters of an epilogue. */
export function normOf(norm: Conv2dNorm | undefined, k: number) {
  if (!norm) return { bindings: {}, params: { eps: 0, relu: 0 } };
  const { mean, variance, gamma, beta, eps, relu } = norm;
  const bindings = { mean, variance, gamma, beta };
  checkAlike('conv2d', bindings, k);
  return { bindings, params: { eps, relu: Number(relu) } };
}

export interface ImagePart {
  readonly n: number;
  readonly oh: number;
  readonly ow: number;
  readonly x: Storage;
  readonly y: Storage;
  readonly residual: Storage | undefined;
}

/**
 * Splits the batch into parts that the adapter can bind and whose pixels, of y or of the largest phase of dx, number at most
 * `maxPixels`. Throws `RangeError` for storages that are too small, `GpuError` where an image is too large.
 */
export function imageParts(
  gpu: Gpu,
  shape: Conv2dShape,
  { x, y, residual }: { readonly x: Storage; readonly y: Storage; readonly residual?: Storage | undefined },
  maxPixels: number,
): ImagePart[] {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, stride, dtype = 'f32' } = shape;
  const xBytes = h * w * c * bytesOf(dtype);
  const yBytes = oh * ow * k * bytesOf(dtype);
  const pixels = Math.max(oh * ow, Math.ceil(h / stride) * Math.ceil(w / stride));
  const images = Math.floor(maxPixels / pixels);
  if (images === 0) {
    throw new GpuError(
      `conv2d: an image of ${pixels} pixels exceeds the ${maxPixels} that a dispatch can count: use smaller images.`,
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
  const bytes = [xBytes, yBytes];
  const limit = Math.min(gpu.maxBindingBytes, images * Math.max(...bytes));
  const limits = { maxBindingBytes: limit, bindingAlignment: gpu.bindingAlignment };
  return bindingChunks(limits, n, ...bytes).map((chunk) => ({
    n: chunk.count,
    oh,
    ow,
    x: x.slice(chunk.first * xBytes, chunk.count * xBytes),
    y: y.slice(chunk.first * yBytes, chunk.count * yBytes),
    residual: residual?.slice(chunk.first * yBytes, chunk.count * yBytes),
  }));
}
