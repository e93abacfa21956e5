/**
 * One output of a convolution or of the head, taken apart: the window of its input, the weights, their products and the sum, in 64-bit
 * floats, beside the number that the engine's kernel gave. And what batch norm then makes of it.
 */
import { Linear, PlainConv2d, type BatchNorm2d, type HostTensor } from '../../nn/index.ts';
import type { SeenImage, SeenLayer } from './layers.ts';
import { IMAGE } from './layers.ts';

/** An output of a layer. */
export interface Place {
  readonly y: number;
  readonly x: number;
  readonly channel: number;
}

/** What a layer of weighted sums multiplies by. */
export interface SumWeights {
  /** [K, C, R, S]; a fully connected layer's window is a single place. */
  readonly weight: HostTensor;
  /** Added to each sum: [K]. */
  readonly bias: Float32Array | undefined;
}

/** Whether the layer's outputs are weighted sums, which can be taken apart. */
export const isSum = ({ module }: Pick<SeenLayer, 'module'>): boolean =>
  module instanceof PlainConv2d || module instanceof Linear;

/** Reads the weights of such a layer from the GPU; undefined for others. */
export async function readSum({ module }: SeenLayer): Promise<SumWeights | undefined> {
  if (module instanceof PlainConv2d) return { weight: await module.weight.save(), bias: undefined };
  if (!(module instanceof Linear)) return undefined;
  const [{ shape, data }, bias] = await Promise.all([module.weight.save(), module.bias.save()]);
  return { weight: { shape: [...shape, 1, 1], data }, bias: bias.data };
}

/** Products of a window with a filter; all lists are `[height, width, channels]`. */
export interface Terms {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Where the window begins in the input; negative in the padding. */
  readonly top: number;
  readonly left: number;
  /** The input under the window, 0 in the padding. */
  readonly window: Float32Array;
  readonly weights: Float32Array;
  readonly products: Float64Array;
  /** By the input's channel: what its products come to. */
  readonly ofChannels: Float64Array;
  readonly bias: number | undefined;
  /** Of all products and the bias, added up here. */
  readonly sum: number;
  /** The engine's own. */
  readonly value: number;
  /** How far the two may be apart: see `roundingOf`. */
  readonly rounding: number;
}

/** The terms of an output of layer `index`, which `readSum` gave the weights of. Throws `RangeError` where there is no such output. */
export function termsOf(
  { input, layers }: SeenImage,
  index: number,
  { weight, bias: biases }: SumWeights,
  { y, x, channel }: Place,
): Terms {
  const layer = layers[index];
  const from = layer?.inputs[0];
  const source = from === IMAGE ? input : from === undefined ? undefined : layers[from];
  if (!layer || !isSum(layer) || !source) throw new RangeError(`Layer ${index} is no weighted sum.`);
  const {
    data,
    shape: [, channels = 0, height = 0, width = 0],
  } = weight;
  const { stride, padding } = layer.window ?? { stride: 1, padding: 0 };
  const [top, left] = [y * stride - padding, x * stride - padding];
  const value = valueAt(layer, { y, x, channel });
  const count = height * width * channels;
  const [window, weights] = [new Float32Array(count), new Float32Array(count)];
  const [products, ofChannels] = [new Float64Array(count), new Float64Array(channels)];
  const bias = biases?.[channel];
  let [sum, magnitude, at] = [bias ?? 0, Math.abs(bias ?? 0), 0];
  const [rows = 0, columns = 0] = source.shape.length < 3 ? [1, 1] : source.shape;
  for (let r = 0; r < height; r++)
    for (let s = 0; s < width; s++) {
      const isInside = top + r >= 0 && top + r < rows && left + s >= 0 && left + s < columns;
      const place = ((top + r) * columns + left + s) * channels;
      for (let c = 0; c < channels; c++, at++) {
        // In bounds: the window is inside, and the weight has this shape.
        const pixel = isInside ? source.values[place + c]! : 0;
        const weight = data[((channel * channels + c) * height + r) * width + s]!;
        const product = pixel * weight;
        [window[at], weights[at], products[at]] = [pixel, weight, product];
        ofChannels[c]! += product;
        sum += product;
        magnitude += Math.abs(product);
      }
    }
  const rounding = roundingOf(count + (bias === undefined ? 0 : 1), magnitude);
  return {
    height,
    width,
    channels,
    top,
    left,
    window,
    weights,
    products,
    ofChannels,
    bias,
    sum,
    value,
    rounding,
  };
}

/** Half of the step between 1 and the next 32-bit float. */
const UNIT = 2 ** -24;

/**
 * How far a sum of `count` products in 32-bit floats may be from the true one, for products that come to `magnitude` without their signs, in
 * whatever order they are added: n·u/(1 − n·u) of it (Higham 2002, section 3.1), n being one product and the additions.
 */
export function roundingOf(count: number, magnitude: number): number {
  const relative = count * UNIT;
  return (relative / (1 - relative)) * magnitude;
}

/** A result by its place. Throws `RangeError` where there is none. */
export function valueAt({ name, shape, values }: SeenLayer, { y, x, channel }: Place): number {
  const [height = 1, width = 1, channels = 1] = shape.length < 3 ? [1, 1, shape[0]] : shape;
  const isThere = y >= 0 && y < height && x >= 0 && x < width && channel >= 0 && channel < channels;
  const value = isThere ? values[(y * width + x) * channels + channel] : undefined;
  if (value === undefined) throw new RangeError(`${name} has no output at ${y}, ${x} in channel ${channel}.`);
  return value;
}

/** What batch norm makes of an output, step by step. */
export interface NormSteps {
  /** The layer's name. */
  readonly name: string;
  readonly mean: number;
  readonly variance: number;
  readonly eps: number;
  readonly scale: number;
  readonly shift: number;
  /** (output − mean) / √(variance + eps) · scale + shift. */
  readonly normalised: number;
  /** What the shortcut adds, where there is one. */
  readonly residual: number | undefined;
  readonly relu: boolean;
  /** After all of that, as computed here and by the engine. */
  readonly result: number;
  readonly value: number;
}

/** Parameters and statistics of a batch norm, by channel. */
export interface NormValues {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly scale: Float32Array;
  readonly shift: Float32Array;
  readonly eps: number;
}

/** Reads them from the GPU. */
export async function readNorm(norm: BatchNorm2d): Promise<NormValues> {
  const [mean, variance, scale, shift] = await Promise.all(
    [norm.runningMean, norm.runningVar, norm.weight, norm.bias].map(async (one) => (await one.save()).data),
  );
  const none = new Float32Array();
  return {
    mean: mean ?? none,
    variance: variance ?? none,
    scale: scale ?? none,
    shift: shift ?? none,
    eps: norm.eps,
  };
}

/** What the batch norm of layer `index` makes of `sum`, the output at that place of what it follows. */
export function normSteps(
  layers: readonly SeenLayer[],
  index: number,
  norm: NormValues,
  sum: number,
  place: Place,
): NormSteps {
  const layer = layers[index];
  if (!layer) throw new RangeError(`There is no layer ${index}.`);
  const { channel } = place;
  const [mean, variance, scale, shift] = [norm.mean, norm.variance, norm.scale, norm.shift].map(
    (values) => values[channel] ?? NaN,
  ) as [number, number, number, number];
  const normalised = ((sum - mean) / Math.sqrt(variance + norm.eps)) * scale + shift;
  const added = layers[layer.inputs[1] ?? -1];
  const residual = added && valueAt(added, place);
  const before = normalised + (residual ?? 0);
  return {
    name: layer.name,
    ...{ mean, variance, eps: norm.eps, scale, shift, normalised, residual, relu: layer.relu },
    result: layer.relu ? Math.max(before, 0) : before,
    value: valueAt(layer, place),
  };
}

/** The batch norm that takes the results of convolution `index`. */
export const normAfter = (
  layers: readonly Pick<SeenLayer, 'op' | 'inputs'>[],
  index: number,
): number | undefined => {
  const found = layers.findIndex(({ op, inputs }) => op === 'batchNorm' && inputs[0] === index);
  return found < 0 ? undefined : found;
};
