/** Adam (Kingma and Ba 2015, algorithm 1), and AdamW (Loshchilov and Hutter 2019) where the decay is decoupled. */
import type { Storage } from '../gpu/index.ts';
import { adam } from '../kernels/adam/index.ts';
import type { Parameter } from '../nn/index.ts';
import { Arena } from './arena.ts';
import { checkRanges } from './checks.ts';

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

export class Adam {
  /** May be changed between steps. */
  learningRate: number;
  private readonly arena: Arena;
  private readonly m: Storage;
  private readonly v: Storage;
  private readonly options: AdamOptions;
  private steps = 0;

  /** Trains those of `parameters` whose requiresGrad is true now. Throws `RangeError` for options out of range. */
  constructor(parameters: readonly Parameter[], options: Partial<AdamOptions> = {}) {
    this.options = { ...defaults, ...options };
    const { learningRate, beta1, beta2, epsilon, weightDecay } = this.options;
    checkRanges('Adam', [
      ['learning rate', learningRate, learningRate >= 0],
      ['beta1', beta1, beta1 >= 0 && beta1 < 1],
      ['beta2', beta2, beta2 >= 0 && beta2 < 1],
      ['epsilon', epsilon, epsilon > 0],
      ['weight decay', weightDecay, weightDecay >= 0],
    ]);
    this.learningRate = learningRate;
    this.arena = new Arena(parameters.filter(({ requiresGrad }) => requiresGrad));
    this.m = this.arena.zeros('first moments');
    this.v = this.arena.zeros('second moments');
  }

  /** Forgets the gradients: call it before each backward pass that is not to add to the last. */
  zeroGrad(): void {
    this.arena.zeroGrad();
  }

  /** Updates all parameters from their gradients, in one dispatch. */
  step(): void {
    this.steps += 1;
    this.arena.clearUnfilled();
    const { gpu, values, gradients, count } = this.arena;
    const storages = { parameters: values, gradients, m: this.m, v: this.v };
    adam(gpu, storages, count, this.steps, { ...this.options, learningRate: this.learningRate });
  }

  /** Frees the optimizer's memory; the parameters keep their values. */
  dispose(): void {
    this.arena.dispose();
    this.arena.gpu.release(this.m);
    this.arena.gpu.release(this.v);
  }
}
