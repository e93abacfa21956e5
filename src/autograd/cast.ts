/** Storing a tensor in another type. */
import { cast as castKernel } from '../kernels/cast/index.ts';
import type { Dtype } from '../kernels/dtype.ts';
import { apply, type Tensor } from './tensor.ts';

/**
 * x in another type, as torch.Tensor.to: x itself where it has it already. To f16 for inference alone. Throws `GpuError` without f16.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(1, 2)));
 * cast(x, 'f32') === x; // → true
 * ```
 */
export function cast(x: Tensor, dtype: Dtype): Tensor {
  if (x.dtype === dtype) return x;
  const { gpu, size: count } = x;
  return apply(gpu, {
    op: 'cast',
    inputs: [x],
    shape: x.shape,
    dtype,
    forward: (y) => castKernel(gpu, { x: x.storage, y }, count, { from: x.dtype, to: dtype }),
    backward: () => undefined, // never: `apply` refuses f16 with gradients
  });
}
