/** Stochastic gradient descent with momentum, plain or Nesterov's (Sutskever et al. 2013, in torch.optim.SGD's form). */
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
  /** Nesterov's momentum: a step goes by the gradient plus the momentum's share of the new velocity. */
  readonly nesterov: boolean;
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
  private readonly nesterov: boolean;

  /** Trains those of the parameters whose requiresGrad is true now. Throws `RangeError` for options out of range. */
  constructor(
    parameters: readonly Parameter[] | readonly ParameterGroup[],
    options: Partial<SgdOptions> & Pick<SgdOptions, 'learningRate'>,
  ) {
    const all = { momentum: 0, weightDecay: 0, nesterov: false, ...options };
    const { learningRate, momentum, weightDecay, nesterov } = all;
    checkRanges('SGD', [
      ['learning rate', learningRate, learningRate >= 0],
      ['momentum', momentum, momentum >= 0 && momentum < 1],
      ['weight decay', weightDecay, weightDecay >= 0],
    ]);
    if (nesterov && momentum === 0)
      throw new RangeError("SGD: Nesterov's form needs a momentum above 0, such as 0.9.");
    super('SGD', parameters, all, ['momentum_buffer']);
    this.momentum = momentum;
    this.nesterov = nesterov;
  }

  protected update(
    { momentum_buffer, ...storages }: Update & { readonly momentum_buffer: Storage },
    _step: number,
    gradientScale: number,
  ): void {
    const { gpu, count } = this.arena;
    const { learningRate, momentum, nesterov } = this;
    const options = { learningRate, momentum, nesterov, gradientScale };
    sgd(gpu, { ...storages, velocity: momentum_buffer }, count, options);
  }
}
