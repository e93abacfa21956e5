/** Softmax and its logarithm. */
import type { Storage } from '../gpu/index.ts';
import { axisShape } from '../kernels/columns.ts';
import * as kernels from '../kernels/softmax/index.ts';
import { axisOf } from './sum.ts';
import { apply, type Tensor } from './tensor.ts';

/** Of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** The axis along which the results add up to one, from 0, or from −1 for the last backwards; the last by default. */
  readonly axis?: number;
}

/**
 * exp(x) / Σ exp(x) along an axis, as torch.softmax. Throws `RangeError` for an axis that x does not have.
 *
 * ```ts
 * const x = new Tensor(gpu, [2, 2], gpu.upload(Float32Array.of(0, 0, 0, Math.log(3))));
 * await softmax(x).read(); // → [0.5, 0.5, 0.25, 0.75]
 * ```
 */
export const softmax = (x: Tensor, options: SoftmaxOptions = {}): Tensor =>
  alongAxis('softmax', x, options, false);

/**
 * log softmax(x), as torch.log_softmax: exact where a share is too small for a float. `nllLoss` takes it.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(1000, 0)));
 * await logSoftmax(x).read(); // → [0, -1000]
 * ```
 */
export const logSoftmax = (x: Tensor, options: SoftmaxOptions = {}): Tensor =>
  alongAxis('logSoftmax', x, options, true);

function alongAxis(op: string, x: Tensor, { axis = -1 }: SoftmaxOptions, isLog: boolean): Tensor {
  const { gpu } = x;
  const shape = axisShape(x.shape, axisOf(op, x, axis));
  let result: Storage | undefined;
  return apply(gpu, {
    op,
    inputs: [x],
    shape: x.shape,
    forward: (y) => {
      result = y;
      kernels.softmax(gpu, { x: x.storage, y }, shape, { isLog });
    },
    backward: (dy, [dx]) => {
      if (dx && result) kernels.softmaxBackward(gpu, { dy, y: result, dx }, shape, { isLog });
    },
  });
}
