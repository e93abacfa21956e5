/** Pooling over a network's usual windows and over whole images. */
import { avgPoolForward } from '../kernels/avg-pool/index.ts';
import { maxPoolArgmaxBytes, maxPoolForward, maxPoolOutput } from '../kernels/max-pool/index.ts';
import { gradients } from './gradients.ts';
import { apply, type Tensor } from './tensor.ts';

/** A window that is the same on both axes. */
export interface PlainWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** `maxPool2d` of such a window, by kernels of its own, as ResNets have it: a page with one does without the rest. */
export function plainMaxPool2d(x: Tensor, plain: PlainWindow): Tensor {
  const { gpu } = x;
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const shape = { n, h, w, c, ...plain, dtype: x.dtype };
  const out = maxPoolOutput(shape);
  const argmax = x.requiresGrad ? gpu.temporary(maxPoolArgmaxBytes(shape), 'argmax') : undefined;
  const { kernel, ...steps } = plain;
  return apply(gpu, {
    op: 'maxPool2d',
    dtype: x.dtype,
    inputs: [x],
    shape: [n, out.h, out.w, c],
    window: { height: kernel, width: kernel, ...steps },
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
