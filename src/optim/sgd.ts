/** Stochastic gradient descent with momentum (Sutskever et al. 2013, in torch.optim.SGD's form). */
import type { Storage } from '../gpu/index.ts';
import { sgd } from '../kernels/sgd/index.ts';
import type { Parameter } from '../nn/index.ts';
import { checkRanges } from './checks.ts';
import type { ParameterGroup } from './groups.ts';
import { ArenaOptimizer, type Update } from './optimizer.ts';

/** What the formula has: `momentum` is the share of the last step in the next, 0 … 1. */
export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  /** L2 penalty, added to the gradient. */
  readonly weightDecay: number;
}

/**
 * Without momentum a step is the gradient times the learning rate.
 *
 * ```ts
 * const logit = new Parameter(gpu, [1]);
 * logit.load({ shape: [1], data: Float32Array.of(0) });
 * const optimizer = new Sgd([logit], { learningRate: 2 });
 * const { loss } = bceWithLogits(logit, gpu.upload(Float32Array.of(1))); // its slope at 0 is −½
 * optimizer.zeroGrad();
 * backward(loss);
 * optimizer.step();
 * await logit.read(); // → [1]
 * ```
 */
export class Sgd extends ArenaOptimizer<'momentum_buffer'> {
  private readonly momentum: number;

  /** Trains those of the parameters whose requiresGrad is true now. Throws `RangeError` for options out of range. */
  constructor(
    parameters: readonly Parameter[] | readonly ParameterGroup[],
    options: Partial<SgdOptions> & Pick<SgdOptions, 'learningRate'>,
  ) {
    const all = { momentum: 0, weightDecay: 0, ...options };
    const { learningRate, momentum, weightDecay } = all;
    checkRanges('SGD', [
      ['learning rate', learningRate, learningRate >= 0],
      ['momentum', momentum, momentum >= 0 && momentum < 1],
      ['weight decay', weightDecay, weightDecay >= 0],
    ]);
    super('SGD', parameters, all, ['momentum_buffer']);
    this.momentum = momentum;
  }

  protected update(
    { momentum_buffer, ...storages }: Update & { readonly momentum_buffer: Storage },
    _step: number,
    gradientScale: number,
  ): void {
    const { gpu, count } = this.arena;
    const { learningRate, momentum } = this;
    sgd(gpu, { ...storages, velocity: momentum_buffer }, count, { learningRate, momentum, gradientScale });
  }
}
