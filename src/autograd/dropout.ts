/** Dropout (Srivastava et al. 2014). */
import { dropout as dropoutKernel, type DropoutOptions } from '../kernels/dropout/index.ts';
import { apply, type Tensor } from './tensor.ts';

/**
 * Drops about the share p of x's elements, which become 0, and divides the others by 1 − p, as torch.nn.functional.dropout in
 * training. The key decides which, and nothing else does: the same on every adapter. Throws `RangeError` for options out of range.
 *
 * ```ts
 * const x = new Tensor(gpu, [8], gpu.upload(new Float32Array(8).fill(1)));
 * await dropout(x, { p: 0.5, key: [1, 0] }).read(); // → [2, 0, 0, 0, 2, 2, 2, 0]
 * ```
 */
export function dropout(x: Tensor, options: DropoutOptions): Tensor {
  const { gpu, size } = x;
  if (options.p === 0) return x;
  return apply(gpu, {
    op: 'dropout',
    inputs: [x],
    shape: x.shape,
    forward: (y) => dropoutKernel(gpu, { x: x.storage, y }, size, options),
    backward: (dy, [dx]) => {
      if (dx) dropoutKernel(gpu, { x: dy, y: dx }, size, options);
    },
  });
}
