/** 2-D convolution: by conv2d's kernels where they know it, in groups, dilated or with windows that differ by axis by others. */
import type { Window } from '../gpu/index.ts';
import { conv2dForward } from '../kernels/conv2d/index.ts';
import {
  groupedBackwardData,
  groupedBackwardWeight,
  groupedForward,
  groupedOutput,
  type GroupedConv2dShape,
} from '../kernels/grouped-conv2d/index.ts';
import { addBias, biasGradient } from '../kernels/linear/index.ts';
import { pairOf, sidesOf } from '../kernels/sliding.ts';
import { gradients } from './gradients.ts';
import {
  conv2dShape,
  plainOptions,
  sizesOf,
  windowOf,
  type Conv2dOptions,
  type ConvolutionOutput,
} from './plain-conv2d.ts';
import { apply, refuseHalf, type Tensor } from './tensor.ts';

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
      if (dBias) biasGradient(gpu, { dy, dBias }, { rows, columns });
    },
  });
}

/** How an operation's name tells the two kinds apart, for whoever counts what their kernels do. */
type Op = 'conv2d' | 'groupedConv2d';

interface Convolution {
  readonly op: Op;
  readonly output: ConvolutionOutput;
  readonly window: Window | undefined;
  readonly kernels: {
    forward(storages: Parameters<typeof groupedForward>[1]): void;
    backwardData(storages: Parameters<typeof groupedBackwardData>[1]): void;
    backwardWeight(storages: Parameters<typeof groupedBackwardWeight>[1]): void;
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
      backwardData: (storages) => groupedBackwardData(gpu, storages, conv),
      backwardWeight: (storages) => groupedBackwardWeight(gpu, storages, conv),
    },
  };
}

/** The same where one number says it for both axes. */
function squareWindow({ kernel, stride, dilation, padding }: GroupedConv2dShape): Window | undefined {
  const same = stride[0] === stride[1] && padding.every((side) => side === padding[0]);
  const [height, width] = kernel;
  return same && dilation[0] === 1 && dilation[1] === 1
    ? { height, width, stride: stride[0], padding: padding[0] }
    : undefined;
}

function groupedShape(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: Conv2dOptions,
): { conv: GroupedConv2dShape; output: ConvolutionOutput } {
  refuseHalf('conv2d in groups, dilated, or with windows that differ by axis', [x, weight]);
  const { n, h, w, c, r, s, k } = sizesOf(x, weight, groups);
  const window = { kernel: [r, s], stride: pairOf(stride), dilation: pairOf(dilation) } as const;
  const conv = { n, h, w, c, k, groups, ...window, padding: sidesOf(padding) };
  const { oh, ow } = groupedOutput(conv);
  return { conv, output: [n, oh, ow, k] };
}
