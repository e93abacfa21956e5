/**
 * Pools over windows that may be dilated, end past the image, and differ by axis and side: the largest value, and the mean. max-pool has
 * faster kernels for windows that are the same on both axes, and avg-pool for whole images.
 */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { given } from '../optional.ts';
import { widthOf } from '../vectors.ts';
import { averageBackward, averageForward, maxBackward, maxForward } from './kernels.wgsl.ts';
import { THREADS } from '../sliding.wgsl.ts';
import { windowPoolOutput, type AverageOptions, type WindowPoolShape } from './shape.ts';

export { windowPoolOutput, type AverageOptions, type WindowPoolShape } from './shape.ts';

/**
 * y `[n, oh, ow, c]` = the maximum of each window of x; padding never wins, NaN does, as in PyTorch. With `argmax`, a word for each
 * element of y, it also keeps which tap each maximum stood at, the first of equal ones. Throws `RangeError` for sizes that do
 * not fit.
 */
export function windowMaxForward(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage; readonly argmax?: Storage | undefined },
  shape: WindowPoolShape,
): void {
  const { x, y, argmax } = storages;
  const work = workOf(gpu, 'maxPool2d', shape);
  checkStorages('maxPool2d', { x: [x, work.input], y: [y, work.output], argmax: [argmax, work.output] });
  for (const { input, output, outputs } of work.parts) {
    const parts = given({ x: input(x), y: output(y), argmax: argmax && output(argmax) });
    const kernel = maxForward(work.width, argmax !== undefined);
    gpu.run(kernel, parts, { ...work.params, count: outputs, lowest: -Infinity }, grid(outputs));
  }
}

/** dx `[n, h, w, c]`: every gradient of dy goes to where its maximum stood. Throws as `windowMaxForward` does. */
export function windowMaxBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly argmax: Storage; readonly dx: Storage },
  shape: WindowPoolShape,
): void {
  const { dy, argmax, dx } = storages;
  const work = workOf(gpu, 'maxPool2d', shape);
  checkStorages('maxPool2d', { dy: [dy, work.output], argmax: [argmax, work.output], dx: [dx, work.input] });
  for (const { input, output, inputs } of work.parts) {
    const parts = { dy: output(dy), argmax: output(argmax), dx: input(dx) };
    gpu.run(maxBackward(work.width), parts, { ...work.params, count: inputs }, grid(inputs));
  }
}

/** y `[n, oh, ow, c]` = the mean of each window of x. Throws `RangeError` for sizes that do not fit, a dilation, or a divisor of 0. */
export function windowAverageForward(
  gpu: Gpu,
  { x, y }: { readonly x: Storage; readonly y: Storage },
  shape: WindowPoolShape,
  options: AverageOptions = {},
): void {
  const work = workOf(gpu, 'avgPool2d', shape);
  const params = { ...work.params, ...countOf(shape, options) };
  checkStorages('avgPool2d', { x: [x, work.input], y: [y, work.output] });
  for (const { input, output, outputs } of work.parts) {
    const parts = { x: input(x), y: output(y) };
    gpu.run(averageForward(work.width), parts, { ...params, count: outputs }, grid(outputs));
  }
}

/** dx `[n, h, w, c]`: every gradient of dy is shared out evenly. Throws as `windowAverageForward` does. */
export function windowAverageBackward(
  gpu: Gpu,
  { dy, dx }: { readonly dy: Storage; readonly dx: Storage },
  shape: WindowPoolShape,
  options: AverageOptions = {},
): void {
  const work = workOf(gpu, 'avgPool2d', shape);
  const params = { ...work.params, ...countOf(shape, options) };
  checkStorages('avgPool2d', { dy: [dy, work.output], dx: [dx, work.input] });
  for (const { input, output, inputs } of work.parts) {
    const parts = { dy: output(dy), dx: input(dx) };
    gpu.run(averageBackward(work.width), parts, { ...params, count: inputs }, grid(inputs));
  }
}

/** How kernels find what a window's sum is divided by. */
function countOf(
  { h, w, padding, dilation }: WindowPoolShape,
  { countIncludePad = true, divisorOverride }: AverageOptions,
) {
  if (dilation[0] !== 1 || dilation[1] !== 1)
    throw new RangeError(`avgPool2d: a mean is taken over all pixels of a window, so dilation is 1.`);
  if (divisorOverride !== undefined && !(Math.abs(divisorOverride) > 0))
    throw new RangeError(`avgPool2d: divisorOverride = ${divisorOverride} must not be 0.`);
  return {
    paddedHeight: countIncludePad ? padding[0] + h + padding[2] : 0,
    paddedWidth: countIncludePad ? padding[1] + w + padding[3] : 0,
    divisor: divisorOverride ?? 0,
  };
}

const grid = (threads: number) => rowOfWorkgroups(Math.ceil(threads / THREADS));

/** What all kernels take, the sizes of the tensors, and runs of images that fit a binding with their numbers of vectors. */
function workOf(gpu: Gpu, op: string, shape: WindowPoolShape) {
  const { n, h, w, c, kernel, stride, dilation, padding } = shape;
  const { oh, ow } = windowPoolOutput(op, shape);
  const width = widthOf(c);
  const [input, output] = [h * w * c, oh * ow * c];
  return {
    width,
    input: n * input,
    output: n * output,
    params: {
      ...{ height: h, width: w, outHeight: oh, outWidth: ow, channels: c / width },
      ...{ r: kernel[0], s: kernel[1], strideY: stride[0], strideX: stride[1] },
      ...{ dilationY: dilation[0], dilationX: dilation[1], top: padding[0], left: padding[1] },
    },
    parts: bindingChunks(gpu, n, input * 4, output * 4).map(({ first, count }) => ({
      inputs: (count * input) / width,
      outputs: (count * output) / width,
      input: (storage: Storage) => storage.slice(first * input * 4, count * input * 4),
      output: (storage: Storage) => storage.slice(first * output * 4, count * output * 4),
    })),
  };
}
