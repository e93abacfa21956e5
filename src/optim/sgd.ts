/** Stochastic gradient descent with momentum (Sutskever et al. 2013, in torch.optim.SGD's form). */
import type { Storage } from '../gpu/index.ts';
import { sgd } from '../kernels/sgd/index.ts';
import type { Parameter } from '../nn/index.ts';
import { Arena } from './arena.ts';
import { checkRanges } from './checks.ts';

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  /** L2 penalty, added to the gradient. */
  readonly weightDecay: number;
}

export class Sgd {
  /** May be changed between steps. */
  learningRate: number;
  private readonly arena: Arena;
  private readonly velocity: Storage;
  private readonly options: SgdOptions;

  /** Trains those of `parameters` whose requiresGrad is true now. Throws `RangeError` for options out of range. */
  constructor(
    parameters: readonly Parameter[],
    options: Partial<SgdOptions> & Pick<SgdOptions, 'learningRate'>,
  ) {
    this.options = { momentum: 0, weightDecay: 0, ...options };
    const { learningRate, momentum, weightDecay } = this.options;
    checkRanges('SGD', [
      ['learning rate', learningRate, learningRate >= 0],
      ['momentum', momentum, momentum >= 0 && momentum < 1],
      ['weight decay', weightDecay, weightDecay >= 0],
    ]);
    this.learningRate = learningRate;
    this.arena = new Arena(parameters.filter(({ requiresGrad }) => requiresGrad));
    this.velocity = this.arena.zeros('velocity');
  }

  /** Forgets the gradients: call it before each backward pass that is not to add to the last. */
  zeroGrad(): void {
    this.arena.zeroGrad();
  }

  /** Updates all parameters from their gradients, in one dispatch. */
  step(): void {
    this.arena.clearUnfilled();
    const { gpu, values, gradients, count } = this.arena;
    const storages = { parameters: values, gradients, velocity: this.velocity };
    sgd(gpu, storages, count, { ...this.options, learningRate: this.learningRate });
  }

  /** Frees the optimizer's memory; the parameters keep their values. */
  dispose(): void {
    this.arena.dispose();
    this.arena.gpu.release(this.velocity);
  }
}
