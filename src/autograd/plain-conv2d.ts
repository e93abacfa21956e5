/**
 * The convolution that ResNets are made of, by kernels of its own: one group, no bias, and a window that is the same on both axes. It
 * stands apart from `conv2d`, which knows all: a page with a ResNet does without the rest.
 */
import type { Window } from '../gpu/index.ts';
import { conv2dForward, outputSize, type Conv2dShape } from '../kernels/conv2d/index.ts';
import { pairOf, sidesOf, type Padding, type PerAxis } from '../kernels/sliding.ts';
import { gradients } from './gradients.ts';
import { apply, type Tensor } from './tensor.ts';

/** torch.nn.functional.conv2d's, of which an axis may have its own: `[vertical, horizontal]`. */
export interface Conv2dOptions {
  /** 1 by default. */
  readonly stride?: PerAxis;
  /** Zeros around x, also for each side: `[top, left, bottom, right]`. None by default. */
  readonly padding?: Padding;
  /** Pixels from one tap to the next; 1 by default. */
  readonly dilation?: PerAxis;
  /** Runs of channels that know nothing of each other; 1 by default. As many as there are channels make a depthwise convolution. */
  readonly groups?: number;
}

/** What conv2d's own kernels know. */
export interface PlainOptions {
  readonly stride?: number;
  readonly padding?: number;
}

/** The options as conv2d's own kernels take them; undefined where something is asked for that they do not know. */
export function plainOptions({
  stride = 1,
  padding = 0,
  dilation = 1,
  groups = 1,
}: Conv2dOptions): PlainOptions | undefined {
  const [strides, sides, dilations] = [pairOf(stride), sidesOf(padding), pairOf(dilation)];
  const isSame = (sizes: readonly number[], size: number) => sizes.every((one) => one === size);
  const isPlain = groups === 1 && isSame(dilations, 1) && isSame(strides, strides[0]);
  return isPlain && isSame(sides, sides[0]) ? { stride: strides[0], padding: sides[0] } : undefined;
}

/** `conv2d` of these options; x and weight both in f32 or both in f16, and so the result. Throws `RangeError` for others. */
export function plainConv2d(x: Tensor, weight: Tensor, options: PlainOptions): Tensor {
  const { gpu } = x;
  const { conv, output } = conv2dShape(x, weight, options);
  return apply(gpu, {
    op: 'conv2d',
    dtype: x.dtype,
    inputs: [x, weight],
    shape: output,
    window: windowOf(conv),
    forward: (y) => conv2dForward(gpu, { x: x.storage, weight: weight.storage, y }, conv),
    backward: (dy, [dx, dWeight]) => {
      if (dx) gradients.conv2dBackwardData(gpu, { dy, weight: weight.storage, dx }, conv);
      if (dWeight) gradients.conv2dBackwardWeight(gpu, { x: x.storage, dy, dWeight }, conv);
    },
  });
}

/** What of x an output sees. */
export const windowOf = ({ r, s, stride, padding }: Conv2dShape): Window => ({
  ...{ height: r, width: s, stride, padding },
});

export type ConvolutionOutput = readonly [n: number, oh: number, ow: number, k: number];

/** The sizes of x ∗ weight, its type, and the shape of its result. Throws `RangeError` if the two do not go together. */
export function conv2dShape(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding = 0 }: PlainOptions,
): { conv: Conv2dShape; output: ConvolutionOutput } {
  const { n, h, w, c, r, s, k } = sizesOf(x, weight, 1);
  if (x.dtype !== weight.dtype)
    throw new RangeError(`conv2d: x is stored in ${x.dtype}, but the weight in ${weight.dtype}: cast x.`);
  const conv = { n, h, w, c, k, r, s, stride, padding, dtype: x.dtype };
  const { oh, ow } = outputSize(conv);
  return { conv, output: [n, oh, ow, k] };
}

/** The sizes of both. Throws `RangeError` if they do not go together. */
export function sizesOf(x: Tensor, weight: Tensor, groups: number) {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const [r = 0, s = 0, channels = 0, k = 0] = weight.shape;
  if (x.shape.length !== 4 || weight.shape.length !== 4 || channels * groups !== c) {
    const shape = groups === 1 ? '[R, S, C, K]' : `[R, S, C / ${groups}, K]`;
    throw new RangeError(
      `conv2d: x [${x.shape.join(', ')}] does not go with weight [${weight.shape.join(', ')}]: expected [N, H, W, C] and ${shape}.`,
    );
  }
  return { n, h, w, c, r, s, k };
}
