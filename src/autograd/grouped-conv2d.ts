/**
 * Convolutions in groups, dilated, or with windows that differ by axis, without a bias: what `conv2d` does where its own kernels do not
 * know a convolution, and what depthwise layers need of it.
 */
import type { Window } from '../gpu/index.ts';
import {
  groupedBackwardData,
  groupedBackwardWeight,
  groupedForward,
  groupedOutput,
  type GroupedConv2dShape,
} from '../kernels/grouped-conv2d/index.ts';
import { pairOf, sidesOf } from '../kernels/sliding.ts';
import { sizesOf, type Conv2dOptions, type ConvolutionOutput } from './plain-conv2d.ts';
import { apply, refuseHalf, type Tensor } from './tensor.ts';

/** `conv2d` of these options, always by the kernels that know all of them. Throws `RangeError` for what does not go together, and for f16. */
export function groupedConv2d(x: Tensor, weight: Tensor, options: Conv2dOptions): Tensor {
  const { kernels, output, op, window } = groupedConvolution(x, weight, options);
  return apply(x.gpu, {
    ...{ op, inputs: [x, weight], shape: output, window },
    forward: (y) => kernels.forward({ x: x.storage, weight: weight.storage, y }),
    backward: (dy, [dx, dWeight]) => {
      if (dx) kernels.backwardData({ dy, weight: weight.storage, dx });
      if (dWeight) kernels.backwardWeight({ x: x.storage, dy, dWeight });
    },
  });
}

/** How an operation's name tells the two kinds apart, for whoever counts what their kernels do. */
type Op = 'conv2d' | 'groupedConv2d';

/** A convolution as an operation needs it, by whatever kernels. */
export interface Convolution {
  readonly op: Op;
  readonly output: ConvolutionOutput;
  readonly window: Window | undefined;
  readonly kernels: {
    forward(storages: Parameters<typeof groupedForward>[1]): void;
    backwardData(storages: Parameters<typeof groupedBackwardData>[1]): void;
    backwardWeight(storages: Parameters<typeof groupedBackwardWeight>[1]): void;
  };
}

/** Throws `RangeError` for what does not go together, and for f16. */
export function groupedConvolution(x: Tensor, weight: Tensor, options: Conv2dOptions): Convolution {
  const { gpu } = x;
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

/** What of x an output sees, where one number says it for both axes. */
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
