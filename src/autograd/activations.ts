/** The activations of networks; kernels/elementwise/activations.wgsl.ts has their formulas. */
import type { Storage } from '../gpu/index.ts';
import {
  activate,
  activateBackward,
  activationOf,
  type ActivationName,
  type ActivationParams,
} from '../kernels/elementwise/activate.ts';
import { apply, type Tensor } from './tensor.ts';

/**
 * max(x, 0), as torch.relu. Where it follows batch norm, let `batchNorm` do it: that goes over memory once less.
 *
 * ```ts
 * const x = new Tensor(gpu, [4], gpu.upload(Float32Array.of(-1, 0, 2, 3)));
 * await relu(x).read(); // → [0, 0, 2, 3]
 * ```
 */
export const relu = (x: Tensor): Tensor => activation('relu', 'relu', x);

/**
 * min(max(x, 0), 6), as torch.nn.functional.relu6.
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(-5, 3, 7)));
 * await relu6(x).read(); // → [0, 3, 6]
 * ```
 */
export const relu6 = (x: Tensor): Tensor => activation('relu6', 'relu6', x);

/**
 * 1 / (1 + exp(−x)), as torch.sigmoid.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, Math.log(3))));
 * await sigmoid(x).read(); // → [0.5, 0.75]
 * ```
 */
export const sigmoid = (x: Tensor): Tensor => activation('sigmoid', 'sigmoid', x);

/**
 * x · σ(x), as torch.nn.functional.silu; also called Swish.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, Math.log(3))));
 * await silu(x).read(); // → [0, 0.75 * Math.log(3)]
 * ```
 */
export const silu = (x: Tensor): Tensor => activation('silu', 'silu', x);

/**
 * slope · x + offset within 0 and 1, as torch.nn.functional.hardsigmoid, whose slope is ⅙ and offset ½; the `alpha` and `beta`
 * of ONNX's HardSigmoid.
 *
 * ```ts
 * const x = new Tensor(gpu, [4], gpu.upload(Float32Array.of(-4, 0, 1.5, 3)));
 * await hardSigmoid(x).read(); // → [0, 0.5, 0.75, 1]
 * ```
 */
export const hardSigmoid = (x: Tensor, { slope = 1 / 6, offset = 0.5 } = {}): Tensor =>
  activation('hardSigmoid', 'hard-sigmoid', x, { slope, offset });

/**
 * x · hardSigmoid(x), as torch.nn.functional.hardswish.
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(-5, 3, 7)));
 * await hardSwish(x).read(); // → [0, 3, 7]
 * ```
 */
export const hardSwish = (x: Tensor): Tensor => activation('hardSwish', 'hard-swish', x);

/**
 * x · Φ(x) with the normal distribution Φ (Hendrycks and Gimpel 2016), as torch.nn.functional.gelu; or with their approximation
 * of it, (1 + tanh(√(2/π)(x + 0.044715x³))) / 2.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, 10)));
 * await gelu(x).read(); // → [0, 10]
 * ```
 */
export const gelu = (x: Tensor, { approximate = 'none' }: GeluOptions = {}): Tensor =>
  activation('gelu', approximate === 'tanh' ? 'gelu-tanh' : 'gelu', x);

/** Of `gelu`. */
export interface GeluOptions {
  /** `none`, the default, is the formula itself. */
  readonly approximate?: 'none' | 'tanh';
}

function activation(op: string, name: ActivationName, x: Tensor, params?: ActivationParams): Tensor {
  const { gpu, size } = x;
  const { by } = activationOf(name);
  let result: Storage | undefined;
  return apply(gpu, {
    op,
    inputs: [x],
    shape: x.shape,
    forward: (y) => {
      if (by === 'y') result = y;
      activate(gpu, name, { x: x.storage, y }, size, params);
    },
    backward: (dy, [dx]) => {
      if (dx) activateBackward(gpu, name, { dy, [by]: result ?? x.storage, dx }, size, params);
    },
  });
}
