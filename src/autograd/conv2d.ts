/** 2-D convolution without bias (batch norm follows it and has one). */
import type { Window } from '../gpu/index.ts';
import { conv2dForward, outputSize, type Conv2dShape } from '../kernels/conv2d/index.ts';
import { gradients } from './gradients.ts';
import { apply, type Tensor } from './tensor.ts';

/** In pixels: from one window to the next (1 by default), and of zeros around the image (none by default). */
export interface Conv2dOptions {
  readonly stride?: number;
  readonly padding?: number;
}

/**
 * x `[N, H, W, C]`, weight `[R, S, C, K]` → `[N, oH, oW, K]`, as torch.nn.functional.conv2d; x and weight both in f32 or both in f16, and so the
 * result. Throws `RangeError` for others.
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
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  const { gpu } = x;
  const { conv, output } = conv2dShape(x, weight, options);
  return apply(gpu, {
    op: 'conv2d',
    dtype: x.dtype,
    inputs: [x, weight],
    shape: output,
    window: windowOf(conv),
    forward: (y) => conv2dForward(gpu, { x: x.storage, weight: weight.storage, y }, conv),
    backward: (dy, [dx, dWeight]) => {
      if (dx) gradients.conv2dBackwardData(gpu, { dy, weight: weight.storage, dx }, conv);
      if (dWeight) gradients.conv2dBackwardWeight(gpu, { x: x.storage, dy, dWeight }, conv);
    },
  });
}

/** What of x an output sees. */
export const windowOf = ({ r, s, stride, padding }: Conv2dShape): Window => ({
  ...{ height: r, width: s, stride, padding },
});

/** The sizes of x ∗ weight, its type, and the shape of its result. Throws `RangeError` if the two do not go together. */
export function conv2dShape(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding = 0 }: Conv2dOptions,
): { conv: Conv2dShape; output: readonly number[] } {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  const [r = 0, s = 0, channels = 0, k = 0] = weight.shape;
  if (x.shape.length !== 4 || weight.shape.length !== 4 || channels !== c) {
    throw new RangeError(
      `conv2d: x [${x.shape.join(', ')}] does not go with weight [${weight.shape.join(', ')}]: expected [N, H, W, C] and [R, S, C, K].`,
    );
  }
  if (x.dtype !== weight.dtype)
    throw new RangeError(`conv2d: x is stored in ${x.dtype}, but the weight in ${weight.dtype}: cast x.`);
  const conv = { n, h, w, c, k, r, s, stride, padding, dtype: x.dtype };
  const { oh, ow } = outputSize(conv);
  return { conv, output: [n, oh, ow, k] };
}
