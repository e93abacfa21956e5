/** Pooling over windows and over whole images. */
import { avgPoolForward } from '../kernels/avg-pool/index.ts';
import { maxPoolArgmaxBytes, maxPoolForward, maxPoolOutput } from '../kernels/max-pool/index.ts';
import { gradients } from './gradients.ts';
import { apply, type Tensor } from './tensor.ts';

/**
 * The largest of each window: x `[N, H, W, C]` → `[N, oH, oW, C]`, as torch.nn.functional.max_pool2d: padding never wins, the first of equals does.
 * Throws `RangeError` where a window lies in padding alone.
 *
 * ```ts
 * const x = new Tensor(gpu, [1, 2, 2, 1], gpu.upload(Float32Array.of(1, 2, 3, 4)));
 * await maxPool2d(x, { kernel: 2, stride: 2, padding: 0 }).read(); // → [4]
 * ```
 */
export function maxPool2d(
  x: Tensor,
  { kernel, stride, padding }: { readonly kernel: number; readonly stride: number; readonly padding: number },
): Tensor {
  const { gpu } = x;
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const shape = { n, h, w, c, kernel, stride, padding, dtype: x.dtype };
  const out = maxPoolOutput(shape);
  const argmax = x.requiresGrad ? gpu.temporary(maxPoolArgmaxBytes(shape), 'argmax') : undefined;
  return apply(gpu, {
    op: 'maxPool2d',
    dtype: x.dtype,
    inputs: [x],
    shape: [n, out.h, out.w, c],
    window: { height: kernel, width: kernel, stride, padding },
    forward: (y) => maxPoolForward(gpu, { x: x.storage, y, argmax }, shape),
    backward: (dy, [dx]) => {
      if (dx && argmax) gradients.maxPoolBackward(gpu, { dy, argmax, dx }, shape);
    },
  });
}

/**
 * The mean over each image: x `[N, H, W, C]`, f32 or f16 → `[N, C]` f32, as AdaptiveAvgPool2d(1) and flatten.
 *
 * ```ts
 * const x = new Tensor(gpu, [1, 2, 2, 1], gpu.upload(Float32Array.of(1, 2, 3, 6)));
 * await globalAvgPool(x).read(); // → [3]
 * ```
 */
export function globalAvgPool(x: Tensor): Tensor {
  const { gpu } = x;
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const shape = { n, h, w, c, dtype: x.dtype };
  return apply(gpu, {
    op: 'globalAvgPool',
    dtype: 'f32',
    inputs: [x],
    shape: [n, c],
    forward: (y) => avgPoolForward(gpu, { x: x.storage, y }, shape),
    backward: (dy, [dx]) => {
      if (dx) gradients.avgPoolBackward(gpu, { dy, dx }, shape);
    },
  });
}
