/** 2-D convolution: by conv2d's kernels where they know it, in groups, dilated or with windows that differ by axis by others. */
import { conv2dForward } from '../kernels/conv2d/index.ts';
import { addBias, biasGradient } from '../kernels/linear/index.ts';
import { gradients } from './gradients.ts';
import { groupedConvolution, type Convolution } from './grouped-conv2d.ts';
import { conv2dShape, plainOptions, windowOf, type Conv2dOptions } from './plain-conv2d.ts';
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
  return groupedConvolution(x, weight, options);
}
