/**
 * Convolution and batch norm by running statistics as one operation, with the shortcut's addition and ReLU: one kernel
 * forwards, which stores neither the convolution's output nor any folded weights.
 */
import { batchNormInvStd } from '../kernels/batch-norm/index.ts';
import { conv2dForward } from '../kernels/conv2d/index.ts';
import type { Storage } from '../gpu/index.ts';
import type { BatchNormOptions } from './batch-norm.ts';
import { conv2dShape, windowOf, type PlainOptions } from './plain-conv2d.ts';
import { gradients } from './gradients.ts';
import { apply, refuseHalf, type Tensor } from './tensor.ts';

/**
 * `batchNorm(conv2d(x, filter), weight, bias)` in running mode: x `[N, H, W, C]`, filter `[R, S, C, K]`, weight and bias
 * `[K]` → `[N, oH, oW, K]`. Only a gradient of weight or bias needs the convolution's output, and computes it again: where
 * running statistics are in use those two are frozen, except in a backward pass through a network in evaluation mode.
 * x, filter and residual are all in f32 or all in f16, and so is the result. The window is the same on both axes. Throws `RangeError` if they do not go together.
 *
 * ```ts
 * const of = (shape: number[], ...values: number[]) => new Tensor(gpu, shape, gpu.upload(Float32Array.from(values)));
 * const [x, weight, one, zero] = [of([1, 1, 2, 1], 1, -1), of([1, 1, 1, 1], 10), of([1], 1), of([1], 0)];
 * const statistics = { runningMean: gpu.upload(Float32Array.of(0)), runningVar: gpu.upload(Float32Array.of(1)) };
 * const y = conv2dBatchNorm(x, { filter: weight }, one, zero, { ...statistics, eps: 0, relu: true });
 * await y.read(); // → [10, 0]
 * ```
 */
export function conv2dBatchNorm(
  x: Tensor,
  { filter, ...convolution }: PlainOptions & { readonly filter: Tensor },
  weight: Tensor,
  bias: Tensor,
  norm: Omit<BatchNormOptions, 'mode' | 'momentum'>,
): Tensor {
  const { gpu } = x;
  const { conv, output } = conv2dShape(x, filter, convolution);
  const { runningMean: mean, runningVar: variance, eps, residual, relu = false } = norm;
  const channels = conv.k;
  const rows = output.slice(0, 3).reduce((product, side) => product * side);
  const bytes = rows * channels * 4;
  if (weight.size !== channels || bias.size !== channels) {
    throw new RangeError(
      `conv2dBatchNorm: ${channels} channels do not go with a weight of ${weight.size} and a bias of ${bias.size}.`,
    );
  }
  if (residual && residual.shape.join() !== output.join()) {
    throw new RangeError(
      `conv2dBatchNorm: the result [${output.join(', ')}] and residual [${residual.shape.join(', ')}] differ in shape.`,
    );
  }
  if (residual && residual.dtype !== x.dtype) {
    throw new RangeError(
      `conv2dBatchNorm: x is stored in ${x.dtype}, but the residual in ${residual.dtype}: cast one of them.`,
    );
  }
  refuseHalf('conv2dBatchNorm', [weight, bias]);
  const inputs = [x, filter, weight, bias];
  let result: Storage | undefined;
  return apply(gpu, {
    op: 'conv2dBatchNorm',
    dtype: x.dtype,
    inputs: residual ? [...inputs, residual] : inputs,
    shape: output,
    window: windowOf(conv),
    relu,
    forward: (y) => {
      result = y;
      const affine = { mean, variance, gamma: weight.storage, beta: bias.storage, eps };
      const storages = { x: x.storage, weight: filter.storage, y };
      conv2dForward(gpu, { ...storages, norm: { ...affine, residual: residual?.storage, relu } }, conv);
    },
    backward: (dy, [dx, dFilter, dWeight, dBias, dResidual]) => {
      const invStd = gpu.temporary(channels * 4, 'invStd');
      batchNormInvStd(gpu, { variance, invStd }, { channels, eps });
      let sums = dy; // stands in where the kernels do not read it
      if (dWeight || dBias) {
        sums = gpu.temporary(bytes, 'convolution');
        conv2dForward(gpu, { x: x.storage, weight: filter.storage, y: sums }, conv);
      }
      const dSums = dx || dFilter ? gpu.temporary(bytes, 'gradient') : undefined;
      const common = { dy, x: sums, y: relu ? result : undefined, mean, invStd, weight: weight.storage };
      const sought = { dx: dSums, dWeight, dBias, dResidual };
      gradients.batchNormBackward(gpu, { ...common, ...sought }, { rows, channels, relu, mode: 'running' });
      if (dSums && dx) gradients.conv2dBackwardData(gpu, { dy: dSums, weight: filter.storage, dx }, conv);
      if (dSums && dFilter)
        gradients.conv2dBackwardWeight(gpu, { x: x.storage, dy: dSums, dWeight: dFilter }, conv);
    },
  });
}
