/** Activations as modules, by PyTorch's names; the functions that they call are in autograd. */
import * as ops from '../autograd/all.ts';
import type { GeluOptions, Tensor } from '../autograd/all.ts';
import { Module } from './module.ts';

/**
 * max(x, 0).
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(-1, 0, 2)));
 * await new ReLU().forward(x).read(); // → [0, 0, 2]
 * ```
 */
export class ReLU extends Module {
  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.relu(x);
  }
}

/**
 * min(max(x, 0), 6) (Howard et al. 2017).
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(-1, 2, 7)));
 * await new ReLU6().forward(x).read(); // → [0, 2, 6]
 * ```
 */
export class ReLU6 extends Module {
  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.relu6(x);
  }
}

/**
 * 1 / (1 + exp(−x)).
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, Math.log(3))));
 * await new Sigmoid().forward(x).read(); // → [0.5, 0.75]
 * ```
 */
export class Sigmoid extends Module {
  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.sigmoid(x);
  }
}

/**
 * x · σ(x) (Elfwing et al. 2018).
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, Math.log(3))));
 * await new SiLU().forward(x).read(); // → [0, 0.75 * Math.log(3)]
 * ```
 */
export class SiLU extends Module {
  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.silu(x);
  }
}

/**
 * x/6 + ½ within 0 and 1, a sigmoid without an exponential (Courbariaux et al. 2015).
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(-5, 0, 1.5)));
 * await new Hardsigmoid().forward(x).read(); // → [0, 0.5, 0.75]
 * ```
 */
export class Hardsigmoid extends Module {
  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.hardSigmoid(x);
  }
}

/**
 * x · (x/6 + ½ within 0 and 1), SiLU without an exponential (Howard et al. 2019).
 *
 * ```ts
 * const x = new Tensor(gpu, [3], gpu.upload(Float32Array.of(-5, 3, 1.5)));
 * await new Hardswish().forward(x).read(); // → [0, 3, 1.125]
 * ```
 */
export class Hardswish extends Module {
  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.hardSwish(x);
  }
}

/**
 * x · Φ(x), Φ the normal distribution or its approximation by tanh (Hendrycks and Gimpel 2016).
 *
 * ```ts
 * const x = new Tensor(gpu, [2], gpu.upload(Float32Array.of(0, 10)));
 * await new GELU({ approximate: 'tanh' }).forward(x).read(); // → [0, 10]
 * ```
 */
export class GELU extends Module {
  constructor(readonly options: GeluOptions = {}) {
    super();
  }

  /** The result has x's shape. */
  forward(x: Tensor): Tensor {
    return ops.gelu(x, this.options);
  }
}
