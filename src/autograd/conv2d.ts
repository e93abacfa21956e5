/** 2-D convolution: by conv2d's kernels where they know it, in groups, dilated or with windows that differ by axis by others. */
import type { Window } from '../gpu/index.ts';
import { conv2dForward, outputSize, type Conv2dShape } from '../kernels/conv2d/index.ts';
import { groupedForward, groupedOutput, type GroupedConv2dShape } from '../kernels/grouped-conv2d/index.ts';
import { addBias } from '../kernels/linear/index.ts';
import { pairOf, sidesOf, type Padding, type PerAxis } from '../kernels/sliding.ts';
import { gradients, type GradientKernels } from './gradients.ts';
import { apply, refuseHalf, type Tensor } from './tensor.ts';

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

/**
 * x `[N, H, W, C]`, weight `[R, S, C / groups, K]`, bias `[K]` → `[N, oH, oW, K]`, as torch.nn.functional.conv2d. In f16 there is the plain
 * one alone: a group, no dilation or bias, and a window that is the same on both axes. Throws `RangeError` for what does not go together.
 *
 * ```ts
 * // Sums of 2 × 2 pixels: a weight of ones, [R, S, C, K] = [2, 2, 1, 1].
 * const x = new Tensor(gpu, [1, 2, 3, 1], gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6)));
 * const weight = new Tensor(gpu, [2, 2, 1, 1], gpu.upload(new Float32Array(4).fill(1)));
 * const y = conv2d(x, weight, { stride: 1, padding: 0 });
 * y.shape; // → [1, 1, 2, 1]
 * await y.read(); // → [12, 16]
 * ```
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  { bias, ...options }: Conv2dOptions & { readonly bias?: Tensor | undefined } = {},
): Tensor {
  const { gpu } = x;
  const { kernels, output, op, window } = convolutionOf(x, weight, options);
  const columns = output[3];
  if (bias && bias.size !== columns)
    throw new RangeError(`conv2d: ${columns} channels do not go with a bias of ${bias.size}.`);
  if (bias) refuseHalf('conv2d with bias', [x, bias]);
  const rows = output[0] * output[1] * output[2];
  return apply(gpu, {
    op,
    dtype: x.dtype,
    inputs: bias ? [x, weight, bias] : [x, weight],
    shape: output,
    window,
    forward: (y) => {
      kernels.forward({ x: x.storage, weight: weight.storage, y });
      if (bias) addBias(gpu, { bias: bias.storage, y }, { rows, columns });
    },
    backward: (dy, [dx, dWeight, dBias]) => {
      if (dx) kernels.backwardData({ dy, weight: weight.storage, dx });
      if (dWeight) kernels.backwardWeight({ x: x.storage, dy, dWeight });
      if (dBias) gradients.biasGradient(gpu, { dy, dBias }, { rows, columns });
    },
  });
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

/** How an operation's name tells the two kinds apart, for whoever counts what their kernels do. */
type Op = 'conv2d' | 'groupedConv2d';

interface Convolution {
  readonly op: Op;
  readonly output: readonly [n: number, oh: number, ow: number, k: number];
  readonly window: Window | undefined;
  readonly kernels: {
    forward(storages: Parameters<typeof groupedForward>[1]): void;
    backwardData(storages: Parameters<GradientKernels['groupedBackwardData']>[1]): void;
    backwardWeight(storages: Parameters<GradientKernels['groupedBackwardWeight']>[1]): void;
  };
}

function convolutionOf(x: Tensor, weight: Tensor, options: Conv2dOptions): Convolution {
  const { gpu } = x;
  const plain = plainOptions(options);
  if (plain) {
    const { conv, output } = conv2dShape(x, weight, plain);
    return {
      ...{ op: 'conv2d', output, window: windowOf(conv) },
      kernels: {
        forward: (storages) => conv2dForward(gpu, storages, conv),
        backwardData: (storages) => gradients.conv2dBackwardData(gpu, storages, conv),
        backwardWeight: (storages) => gradients.conv2dBackwardWeight(gpu, storages, conv),
      },
    };
  }
  const { conv, output } = groupedShape(x, weight, options);
  return {
    ...{ op: 'groupedConv2d', output, window: squareWindow(conv) },
    kernels: {
      forward: (storages) => groupedForward(gpu, storages, conv),
      backwardData: (storages) => gradients.groupedBackwardData(gpu, storages, conv),
      backwardWeight: (storages) => gradients.groupedBackwardWeight(gpu, storages, conv),
    },
  };
}

/** What of x an output sees. */
export const windowOf = ({ r, s, stride, padding }: Conv2dShape): Window => ({
  ...{ height: r, width: s, stride, padding },
});

/** The same where one number says it for both axes. */
function squareWindow({ kernel, stride, dilation, padding }: GroupedConv2dShape): Window | undefined {
  const same = stride[0] === stride[1] && padding.every((side) => side === padding[0]);
  const [height, width] = kernel;
  return same && dilation[0] === 1 && dilation[1] === 1
    ? { height, width, stride: stride[0], padding: padding[0] }
    : undefined;
}

/** The sizes of x ∗ weight, its type, and the shape of its result. Throws `RangeError` if the two do not go together. */
export function conv2dShape(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding = 0 }: PlainOptions,
): { conv: Conv2dShape; output: Convolution['output'] } {
  const { n, h, w, c, r, s, k } = sizesOf(x, weight, 1);
  if (x.dtype !== weight.dtype)
    throw new RangeError(`conv2d: x is stored in ${x.dtype}, but the weight in ${weight.dtype}: cast x.`);
  const conv = { n, h, w, c, k, r, s, stride, padding, dtype: x.dtype };
  const { oh, ow } = outputSize(conv);
  return { conv, output: [n, oh, ow, k] };
}

function groupedShape(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: Conv2dOptions,
): { conv: GroupedConv2dShape; output: Convolution['output'] } {
  refuseHalf('conv2d in groups, dilated, or with windows that differ by axis', [x, weight]);
  const { n, h, w, c, r, s, k } = sizesOf(x, weight, groups);
  const window = { kernel: [r, s], stride: pairOf(stride), dilation: pairOf(dilation) } as const;
  const conv = { n, h, w, c, k, groups, ...window, padding: sidesOf(padding) };
  const { oh, ow } = groupedOutput(conv);
  return { conv, output: [n, oh, ow, k] };
}

function sizesOf(x: Tensor, weight: Tensor, groups: number) {
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
