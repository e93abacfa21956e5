/** Layers between those that learn: layer normalisation and softmax; names and defaults are PyTorch's. */
import type { Gpu } from '../gpu/index.ts';
import * as ops from '../autograd/all.ts';
import type { SoftmaxOptions, Tensor } from '../autograd/all.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

/**
 * Normalises over the last axes, those of `normalizedShape`, by the mean and variance of each item (Ba, Kiros and Hinton 2016).
 *
 * ```ts
 * const norm = new LayerNorm(gpu, [2]);
 * norm.initialise(); // scale 1, shift 0
 * const x = new Tensor(gpu, [2, 2], gpu.upload(Float32Array.of(100, 300, -7000, -5000)));
 * await norm.forward(x).read(); // → [-1, 1, -1, 1]
 * ```
 */
export class LayerNorm extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;

  constructor(
    gpu: Gpu,
    readonly normalizedShape: readonly number[],
    readonly eps = 1e-5,
  ) {
    super();
    this.weight = new Parameter(gpu, normalizedShape);
    this.bias = new Parameter(gpu, normalizedShape);
  }

  /** x, whose last axes are those that are normalised → its shape. Throws `RangeError` for other axes. */
  forward(x: Tensor): Tensor {
    return ops.layerNorm(x, this);
  }

  override initialise(): void {
    const shape = this.normalizedShape;
    this.weight.load({ shape, data: new Float32Array(this.weight.size).fill(1) });
    this.bias.load({ shape, data: new Float32Array(this.bias.size) });
  }
}

/**
 * Shares that add up to one along an axis, the last by default.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, Math.log(3))));
 * await new Softmax().forward(x).read(); // → [0.25, 0.75]
 * ```
 */
export class Softmax extends Module {
  constructor(readonly options: SoftmaxOptions = {}) {
    super();
  }

  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.softmax(x, this.options);
  }
}

/**
 * The logarithms of `Softmax`'s shares.
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, 0)));
 * await new LogSoftmax().forward(x).read(); // → [-Math.LN2, -Math.LN2]
 * ```
 */
export class LogSoftmax extends Module {
  constructor(readonly options: SoftmaxOptions = {}) {
    super();
  }

  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.logSoftmax(x, this.options);
  }
}
