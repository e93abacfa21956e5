/** Operators on images: convolution, pooling, batch norm. */
import { avgPool2d, batchNorm, conv2d, globalAvgPool, maxPool2d } from '../../src/autograd/all.ts';
import type { OnnxTensor } from './model.ts';
import {
  channelsFirst,
  channelsLast,
  computed,
  f32,
  input,
  numberOf,
  numbersOf,
  textOf,
  transposed,
  upload,
  type Call,
  type Operator,
} from './operator.ts';

type Pair = readonly [vertical: number, horizontal: number];

/** What goes over an image, by axis. */
interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Above, left, below, right. */
  readonly padding: readonly [number, number, number, number];
}

/** `[N, C, W]` as an image of one row. Throws for images with more than two axes. */
function asImage({ type, shape, values }: OnnxTensor): OnnxTensor {
  const [n = 0, c = 0, ...sides] = shape;
  if (sides.length < 1 || sides.length > 2)
    throw new Error(`the engine's images have two axes, not ${sides.length}`);
  return sides.length === 2 ? { type, shape, values } : { type, shape: [n, c, 1, ...sides], values };
}

/** The window of a node over `x`, of which `kernel` gives the sides where the node does not. */
function windowOf(call: Call, x: OnnxTensor, kernel?: readonly number[]): Window {
  const sides = asImage(x).shape.slice(2);
  const ones = x.shape.slice(2).map(() => 1);
  const pair = (values: readonly number[], outer: number) =>
    (ones.length < 2 ? [outer, ...values] : [...values]) as unknown as Pair; // `asImage` has counted the axes
  const shape = {
    kernel: pair(numbersOf(call, 'kernel_shape') ?? kernel ?? ones, 1),
    stride: pair(numbersOf(call, 'strides') ?? ones, 1),
    dilation: pair(numbersOf(call, 'dilations') ?? ones, 1),
  };
  const pads = numbersOf(call, 'pads') ?? [...ones, ...ones].map(() => 0);
  const axes = pads.length / 2;
  const [top, left] = pair(pads.slice(0, axes), 0);
  const [bottom, right] = pair(pads.slice(axes), 0);
  const kind = textOf(call, 'auto_pad', 'NOTSET');
  if (!kind.startsWith('SAME')) return { ...shape, padding: [top, left, bottom, right] };
  // As many outputs as strides fit into the image; an odd pixel of padding comes last, or first for SAME_LOWER.
  const both = sides.map((side, axis) => {
    const [size = 1, stride = 1, dilation = 1] = [
      shape.kernel[axis],
      shape.stride[axis],
      shape.dilation[axis],
    ];
    const total = Math.max(0, (Math.ceil(side / stride) - 1) * stride + (size - 1) * dilation + 1 - side);
    const less = Math.floor(total / 2);
    return kind === 'SAME_LOWER' ? [total - less, less] : [less, total - less];
  });
  const [[above = 0, below = 0] = [], [before = 0, after = 0] = []] = both;
  return { ...shape, padding: [above, before, below, after] };
}

/** An image's result without the row that was added to it. */
const asGiven = ({ type, shape, values }: OnnxTensor, given: OnnxTensor): OnnxTensor => ({
  ...{ type, values },
  shape: given.shape.length === 3 ? [...shape.slice(0, 2), ...shape.slice(3)] : shape,
});

const conv: Operator = async (call) => {
  const { gpu } = call;
  const [x, weight, bias] = [input(call, 0), input(call, 1), call.inputs[2]];
  const { kernel: _ofTheWeight, ...window } = windowOf(call, x, weight.shape.slice(2));
  const filters = transposed(asImage(weight), [2, 3, 1, 0]);
  const y = await computed(gpu, () => {
    const options = { ...window, groups: numberOf(call, 'group', 1), bias: bias && upload(gpu, bias) };
    return conv2d(upload(gpu, channelsLast(asImage(x))), upload(gpu, filters), options);
  });
  return [asGiven(channelsFirst(y), x)];
};

/** The window of a pool, as the engine takes it. */
const poolOf = (call: Call, x: OnnxTensor, kernel?: readonly number[]) => ({
  ...windowOf(call, x, kernel),
  ceilMode: numberOf(call, 'ceil_mode', 0) === 1,
});

const maxPool: Operator = async (call) => {
  const { gpu } = call;
  const x = input(call, 0);
  if (call.outputs > 1) throw new Error('the engine keeps the places of maxima to itself');
  const window = poolOf(call, x);
  const y = await computed(gpu, () => maxPool2d(upload(gpu, channelsLast(asImage(x))), window));
  return [asGiven(channelsFirst(y), x)];
};

const globalMaxPool: Operator = async (call) => {
  const { gpu } = call;
  const x = input(call, 0);
  const window = poolOf(call, x, x.shape.slice(2));
  return [channelsFirst(await computed(gpu, () => maxPool2d(upload(gpu, channelsLast(x)), window)))];
};

const averagePool: Operator = async (call) => {
  const { gpu } = call;
  const x = input(call, 0);
  const options = { ...poolOf(call, x), countIncludePad: numberOf(call, 'count_include_pad', 0) === 1 };
  const y = await computed(gpu, () => avgPool2d(upload(gpu, channelsLast(asImage(x))), options));
  return [asGiven(channelsFirst(y), x)];
};

const globalAveragePool: Operator = async (call) => {
  const { gpu } = call;
  const { shape, values } = await computed(gpu, () =>
    globalAvgPool(upload(gpu, channelsLast(input(call, 0)))),
  );
  return [f32([...shape, 1, 1], values)];
};

const batchNormalization: Operator = async (call) => {
  const { gpu } = call;
  const x = input(call, 0);
  const training = numberOf(call, 'training_mode', 0) === 1;
  const eps = numberOf(call, 'epsilon', 1e-5);
  const momentum = 1 - numberOf(call, 'momentum', 0.9); // ONNX's is the share of what was
  const [y, mean, variance] = await gpu.scope(() => {
    const [weight, bias, mean, variance] = [1, 2, 3, 4].map((i) => upload(gpu, input(call, i)));
    if (!weight || !bias || !mean || !variance) throw new Error('four parameters were uploaded');
    const statistics = { runningMean: mean.storage, runningVar: variance.storage };
    const mode = training ? 'batch' : 'running';
    const result = batchNorm(upload(gpu, channelsLast(x)), weight, bias, {
      mode,
      ...statistics,
      eps,
      momentum,
    });
    return Promise.all([result, mean, variance].map((tensor) => tensor.read()));
  });
  const sides = channelsLast(x).shape;
  const parameters = [mean, variance].map((values = new Float32Array()) => f32([values.length], values));
  return [channelsFirst(f32(sides, y ?? [])), ...(training ? parameters : [])];
};

export const images: Readonly<Record<string, Operator>> = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Conv: conv,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  MaxPool: maxPool,
};
