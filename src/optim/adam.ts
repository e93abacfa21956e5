/** Adam (Kingma and Ba 2015, algorithm 1), and AdamW (Loshchilov and Hutter 2019), where the decay is decoupled. */
import type { Storage } from '../gpu/index.ts';
import { adam } from '../kernels/adam/index.ts';
import type { Parameter } from '../nn/index.ts';
import { checkRanges } from './checks.ts';
import type { ParameterGroup } from './groups.ts';
import { ArenaOptimizer, type Update } from './optimizer.ts';

/** What the formula has; `learningRate` and `weightDecay` are for one step. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Whether the decay acts on the parameters themselves (AdamW) or as an L2 term in the gradient. */
  readonly decoupled: boolean;
}

/** The defaults of torch.optim.Adam. */
const defaults: AdamOptions = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  decoupled: false,
};

type Moments = 'exp_avg' | 'exp_avg_sq';

/**
 * The first step goes the learning rate far, whatever the gradient's size.
 *
 * ```ts
 * const layer = new Linear(gpu, 1, 2);
 * layer.weight.load({ shape: [2, 1], data: Float32Array.of(0, 0) });
 * layer.bias.load({ shape: [2], data: Float32Array.of(0, 0) });
 * const optimizer = new Adam(layer.parameters(), { learningRate: 0.1 });
 * const x = new Tensor(gpu, [1, 1], gpu.upload(Float32Array.of(1)));
 * const { loss } = crossEntropy(layer.forward(x), gpu.upload(Uint32Array.of(0)));
 * optimizer.zeroGrad();
 * backward(loss);
 * optimizer.step();
 * await layer.bias.read(); // → [0.1, -0.1]
 * ```
 */
export class Adam extends ArenaOptimizer<Moments> {
  private readonly options: AdamOptions;

  /** Trains those of the parameters whose requiresGrad is true now. Throws `RangeError` for options out of range. */
  constructor(
    parameters: readonly Parameter[] | readonly ParameterGroup[],
    options: Partial<AdamOptions> = {},
  ) {
    const all = { ...defaults, ...options };
    const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled } = all;
    const name = decoupled ? 'AdamW' : 'Adam';
    checkRanges(name, [
      ['learning rate', learningRate, learningRate >= 0],
      ['beta1', beta1, beta1 >= 0 && beta1 < 1],
      ['beta2', beta2, beta2 >= 0 && beta2 < 1],
      ['epsilon', epsilon, epsilon > 0],
      ['weight decay', weightDecay, weightDecay >= 0],
    ]);
    super(name, parameters, all, ['exp_avg', 'exp_avg_sq']);
    this.options = all;
  }

  protected update(
    { exp_avg, exp_avg_sq, ...storages }: Update & Readonly<Record<Moments, Storage>>,
    step: number,
    gradientScale: number,
  ): void {
    const { gpu, count } = this.arena;
    const { learningRate } = this;
    const options = { ...this.options, learningRate, gradientScale };
    adam(gpu, { ...storages, m: exp_avg, v: exp_avg_sq }, count, step, options);
  }
}

/**
 * Adam with decoupled weight decay, of 0.01 by default as in torch.optim.AdamW.
 *
 * ```ts
 * const model = new Linear(gpu, 512, 10);
 * // The weights decay, the bias does not.
 * const optimizer = new AdamW(decayGroups(model.parameters()), { learningRate: 1e-3, weightDecay: 0.05 });
 * optimizer.learningRate; // → 1e-3
 * ```
 */
export class AdamW extends Adam {
  constructor(
    parameters: readonly Parameter[] | readonly ParameterGroup[],
    options: Partial<Omit<AdamOptions, 'decoupled'>> = {},
  ) {
    super(parameters, { weightDecay: 1e-2, ...options, decoupled: true });
  }
}
