/** Max-pool over NHWC activations; the index of each maximum is kept for the way back. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { bytesOf, checkFours, type Dtype } from '../dtype.ts';
import { given } from '../optional.ts';
import { outputLength } from '../output-length.ts';
import { type Width, widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import { backwardKernel } from './backward.wgsl.ts';
import { forwardKernel } from './forward.wgsl.ts';
import { smallBackwardKernel } from './small-backward.wgsl.ts';
import { smallForwardKernel } from './small-forward.wgsl.ts';
import { pixelGrid } from './tile.ts';
import { ROWS, runsOf } from './walk.ts';

/** Input [n, h, w, c]; the window, its stride and the padding are the same on both axes. */
export interface MaxPoolShape {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** How x and y are stored, f32 if it is not given. In f16 channels come in fours, and there is no way back. */
  readonly dtype?: Dtype;
}

/**
 * Height and width of the output: floor((length + 2·padding − kernel) / stride) + 1. Throws `RangeError` if the window
 * exceeds the padded image.
 *
 * ```ts
 * maxPoolOutput({ h: 112, w: 112, kernel: 3, stride: 2, padding: 1 }); // → { h: 56, w: 56 }
 * ```
 */
export function maxPoolOutput({ h, w, kernel, stride, padding }: Omit<MaxPoolShape, 'n' | 'c'>): {
  readonly h: number;
  readonly w: number;
} {
  const out = { h: outputLength(h, kernel, stride, padding), w: outputLength(w, kernel, stride, padding) };
  if (!(out.h >= 1 && out.w >= 1)) {
    throw new RangeError(
      `maxPool: a ${kernel}×${kernel} window does not fit ${h}×${w} pixels with padding ${padding}.`,
    );
  }
  return out;
}

/**
 * Bytes of the index of maxima: a byte an output element where channels come in fours, else a word. Throws as `maxPoolOutput`
 * does.
 *
 * ```ts
 * const windows = { n: 1, h: 4, w: 4, kernel: 2, stride: 2, padding: 0 };
 * maxPoolArgmaxBytes({ ...windows, c: 8 }); // → 2 * 2 * 8
 * maxPoolArgmaxBytes({ ...windows, c: 3 }); // → 2 * 2 * 3 * 4
 * ```
 */
export function maxPoolArgmaxBytes(shape: MaxPoolShape): number {
  const out = maxPoolOutput(shape);
  return shape.n * out.h * out.w * (shape.c / vectorWidth(shape)) * 4;
}

/**
 * y [n, oH, oW, c] = the maximum of each window of x; padding never wins, NaN does, as in PyTorch. With `argmax`
 * (`maxPoolArgmaxBytes`) it also keeps where each maximum stood, the first of equal ones. Throws `RangeError` for
 * sizes that do not fit, and where padding is more than half the window.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 5, 2, 0, 3, 4, 8, 7)); // two rows of four pixels
 * const y = gpu.temporary(2 * 4);
 * maxPoolForward(gpu, { x, y }, { n: 1, h: 2, w: 4, c: 1, kernel: 2, stride: 2, padding: 0 });
 * await gpu.read(y); // → [5, 8]
 * ```
 */
export function maxPoolForward(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage; readonly argmax?: Storage | undefined },
  shape: MaxPoolShape,
): void {
  const { x, y, argmax } = storages;
  const work = workOf('maxPoolForward', shape);
  const { input, output, index } = work.elements;
  const { kernel, stride, padding, dtype = 'f32' } = shape;
  checkStorages('maxPoolForward', { x: [x, input, dtype], y: [y, output, dtype], argmax: [argmax, index] });
  const { outHeight, outWidth, channels } = work.params;
  for (const images of imageChunks(gpu, shape, work)) {
    const parts = given({ x: images.input(x), y: images.output(y), argmax: argmax && images.index(argmax) });
    if (isSmall(shape)) {
      const rows = { rows: outHeight, columns: outWidth, channels };
      const { params, grid } = runsOf(images.count, rows, walkOf(gpu, images.count, rows));
      const small = smallForwardKernel(work.width, kernel, padding, argmax !== undefined, dtype);
      gpu.run(small, parts, { ...work.params, ...params, kernel }, grid);
    } else {
      const rows = images.count * outHeight;
      const grid = pixelGrid(rows, outWidth, channels);
      const any = forwardKernel(work.width, kernel, stride, padding, argmax !== undefined, dtype);
      gpu.run(any, parts, { ...work.params, rows }, grid);
    }
  }
}

/**
 * dx [n, h, w, c]: every gradient of dy [n, oH, oW, c] goes to where its maximum stood, by the forward pass' `argmax`.
 * Throws `RangeError` for sizes that do not fit, and for f16.
 *
 * ```ts
 * const shape = { n: 1, h: 2, w: 4, c: 1, kernel: 2, stride: 2, padding: 0 };
 * const x = gpu.upload(Float32Array.of(1, 5, 2, 0, 3, 4, 8, 7)); // two rows of four pixels
 * const [y, argmax] = [gpu.temporary(2 * 4), gpu.temporary(maxPoolArgmaxBytes(shape))];
 * maxPoolForward(gpu, { x, y, argmax }, shape);
 * const [dy, dx] = [gpu.upload(Float32Array.of(10, 20)), gpu.temporary(8 * 4)];
 * maxPoolBackward(gpu, { dy, argmax, dx }, shape);
 * await gpu.read(dx); // → [0, 10, 0, 0, 0, 0, 20, 0]
 * ```
 */
export function maxPoolBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly argmax: Storage; readonly dx: Storage },
  shape: MaxPoolShape,
): void {
  const { dy, argmax, dx } = storages;
  const work = workOf('maxPoolBackward', shape);
  if (shape.dtype === 'f16') throw new RangeError('maxPoolBackward: gradients are computed in f32 alone.');
  const { input, output, index } = work.elements;
  checkStorages('maxPoolBackward', { dy: [dy, output], argmax: [argmax, index], dx: [dx, input] });
  const { kernel, stride, padding } = shape;
  const { height, width, channels } = work.params;
  for (const images of imageChunks(gpu, shape, work)) {
    const parts = { dy: images.output(dy), argmax: images.index(argmax), dx: images.input(dx) };
    if (isSmall(shape)) {
      const groups = (length: number) =>
        Math.floor((length - 1 + padding) / stride) - Math.floor(padding / stride) + 1;
      const rows = { rows: groups(height), columns: groups(width), channels };
      const { params, grid } = runsOf(images.count, rows, walkOf(gpu, images.count, rows));
      const small = smallBackwardKernel(work.width, kernel, padding);
      gpu.run(small, parts, { ...work.params, ...params }, grid);
    } else {
      const rows = images.count * height;
      const grid = pixelGrid(rows, width, channels);
      gpu.run(backwardKernel(work.width, kernel, stride, padding), parts, { ...work.params, rows }, grid);
    }
  }
}

/** Whether windows share one column with the next and are small enough for kernels that hold what they share, as ResNet's. */
const isSmall = ({ kernel, stride }: MaxPoolShape): boolean => kernel <= 3 && stride === kernel - 1;

const walkOf = (
  gpu: Gpu,
  images: number,
  { rows, columns, channels }: { readonly rows: number; readonly columns: number; readonly channels: number },
): number => Math.min(columns, walkLength(gpu, images * Math.ceil(rows / ROWS) * columns * channels));

/** Four channels per thread only if the number of a tap fits in a byte. */
const vectorWidth = ({ c, kernel }: MaxPoolShape): Width => (kernel * kernel <= 256 ? widthOf(c) : 1);

/** What both kernels take, and the sizes of the tensors in elements, of the index in words; throws `RangeError` for a shape that is none. */
function workOf(op: string, shape: MaxPoolShape) {
  const { n, h, w, c, kernel, stride, padding, dtype = 'f32' } = shape;
  checkSizes(op, { n, h, w, c, kernel, stride });
  checkFours(op, c, dtype);
  if (!Number.isSafeInteger(padding) || padding < 0 || padding * 2 > kernel) {
    throw new RangeError(
      `${op}: padding = ${padding} must be a whole number of at most half the kernel (${kernel}).`,
    );
  }
  const out = maxPoolOutput(shape);
  const width = vectorWidth(shape);
  const output = n * out.h * out.w * c;
  return {
    width,
    elements: { input: n * h * w * c, output, index: output / width },
    params: { height: h, width: w, outHeight: out.h, outWidth: out.w, channels: c / width },
  };
}

/** Runs of images that fit a binding, with functions that cut a tensor's part out. */
function imageChunks(gpu: Gpu, { n, dtype = 'f32' }: MaxPoolShape, { elements }: ReturnType<typeof workOf>) {
  const bytes = {
    input: (elements.input / n) * bytesOf(dtype),
    output: (elements.output / n) * bytesOf(dtype),
    index: (elements.index / n) * 4,
  };
  return bindingChunks(gpu, n, bytes.input, bytes.output, bytes.index).map(({ first, count }) => {
    const cut = (size: number) => (storage: Storage) => storage.slice(first * size, count * size);
    return { count, input: cut(bytes.input), output: cut(bytes.output), index: cut(bytes.index) };
  });
}
