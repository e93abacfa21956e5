/**
 * What all optimizers have in common: the arena with the parameters, the moments beside it, and the count of steps. An
 * optimizer adds its formula. `state` gives all that a run needs to continue later to the same bits.
 */
import type { Storage } from '../gpu/index.ts';
import type { UpdateControls } from '../kernels/update.ts';
import { clipFactor } from '../kernels/reduce/index.ts';
import type { Parameter } from '../nn/index.ts';
import { Arena } from './arena.ts';
import { checkRanges } from './checks.ts';
import { type ParameterGroup, toGroups } from './groups.ts';

/** What is done with the gradients before the formula sees them. */
export interface StepOptions {
  /** Multiplies the gradients first: 1 / k after k batches whose gradients added up. 1 by default. */
  readonly gradientScale?: number | undefined;
  /** Clips the L2 norm of all gradients together, as torch.nn.utils.clip_grad_norm_ does. Not clipped by default. */
  readonly maxNorm?: number | undefined;
}

/** Everything that a resumed run needs. */
export interface OptimizerState {
  readonly steps: number;
  /**
   * By PyTorch's names (`exp_avg`, `exp_avg_sq`, `momentum_buffer`): each the values of
   * all trained parameters in a row.
   */
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

/** What trains parameters. A new one need be no more than this; most extend `ArenaOptimizer`. */
export interface Optimizer {
  /** May be changed between steps; each group learns at this rate × its own scale. */
  learningRate: number;
  /** Forgets the gradients: call it before each backward pass that is not to add to the last. */
  zeroGrad(): void;
  /**
   * Updates all parameters from their gradients, in one dispatch, after those that find their norm where it is clipped.
   * Throws `RangeError` for options out of range.
   */
  step(options?: StepOptions): void;
  /** Steps done and moments, as they are once the steps recorded so far are done. */
  state(): Promise<OptimizerState>;
  /**
   * Goes on from what `state` gave, to the bit. Throws `RangeError` if names or lengths
   * differ, and changes nothing then.
   */
  loadState(state: OptimizerState): void;
  /** Frees the optimizer's memory; the parameters keep their values. */
  dispose(): void;
}

/** What an optimizer's formula is given at each step. */
export interface Update extends UpdateControls {
  readonly parameters: Storage;
  readonly gradients: Storage;
}

/**
 * An optimizer whose parameters lie in a row, so that one dispatch updates them all. A subclass adds its formula; docs/extending.md writes one from its
 * kernel on.
 *
 * ```ts
 * import { sgd } from 'graft/kernels';
 *
 * // The gradients of all steps so far, each 0.9 times as heavy as the next.
 * class HeavyBall extends ArenaOptimizer<'velocity'> {
 *   constructor(parameters: readonly Parameter[], learningRate: number) {
 *     super('HeavyBall', parameters, { learningRate, weightDecay: 0 }, ['velocity']);
 *   }
 *   protected update(storages: Update & { readonly velocity: Storage }, _step: number, gradientScale: number): void {
 *     const { gpu, count } = this.arena;
 *     sgd(gpu, storages, count, { learningRate: this.learningRate, momentum: 0.9, gradientScale });
 *   }
 * }
 * new HeavyBall(new Linear(gpu, 2, 1).parameters(), 0.1).learningRate; // → 0.1
 * ```
 */
export abstract class ArenaOptimizer<M extends string> implements Optimizer {
  learningRate: number;
  protected readonly arena: Arena;
  private readonly moments: Readonly<Record<M, Storage>>;
  private readonly groups: Storage;
  private readonly clip: Storage;
  private steps = 0;

  /** Trains those parameters whose requiresGrad is true now. `moments` are PyTorch's names of what is kept for each. */
  constructor(
    private readonly name: string,
    parameters: readonly Parameter[] | readonly ParameterGroup[],
    { learningRate, weightDecay }: { readonly learningRate: number; readonly weightDecay: number },
    moments: readonly M[],
  ) {
    const groups = toGroups(parameters);
    for (const { learningRateScale = 1, weightDecay: decay = weightDecay } of groups) {
      checkRanges(name, [
        ['learning-rate scale', learningRateScale, learningRateScale >= 0],
        ['weight decay', decay, decay >= 0],
      ]);
    }
    this.learningRate = learningRate;
    this.arena = new Arena(
      groups.flatMap((group) => group.parameters.filter(({ requiresGrad }) => requiresGrad)),
    );
    const { gpu } = this.arena;
    const zeros = moments.map((moment) => [moment, this.arena.zeros(moment)] as const);
    this.moments = Object.fromEntries(zeros) as Record<M, Storage>;
    const groupOf = new Map(groups.flatMap((group) => group.parameters.map((one) => [one, group] as const)));
    const table = this.arena.blocks((parameter) => {
      const { learningRateScale = 1, weightDecay: decay = weightDecay } = groupOf.get(parameter) ?? {};
      return [learningRateScale, decay];
    });
    this.groups = gpu.persistent(table.byteLength, 'parameter groups');
    gpu.write(this.groups, table);
    this.clip = gpu.persistent(4, 'clip factor');
  }

  /** The optimizer's formula; `step` counts from 1. */
  protected abstract update(
    storages: Update & Readonly<Record<M, Storage>>,
    step: number,
    gradientScale: number,
  ): void;

  zeroGrad(): void {
    this.arena.zeroGrad();
  }

  step({ gradientScale = 1, maxNorm }: StepOptions = {}): void {
    checkRanges(this.name, [
      ['gradient scale', gradientScale, gradientScale > 0],
      ['maximal norm', maxNorm ?? 1, (maxNorm ?? 1) > 0],
    ]);
    this.arena.clearUnfilled();
    const { gpu, values, gradients, count } = this.arena;
    const { clip, groups, moments } = this;
    if (maxNorm !== undefined)
      clipFactor(gpu, { gradients, factor: clip }, count, { maxNorm, gradientScale });
    this.steps += 1;
    const controls = { groups, clip: maxNorm === undefined ? undefined : clip };
    this.update({ parameters: values, gradients, ...controls, ...moments }, this.steps, gradientScale);
  }

  async state(): Promise<OptimizerState> {
    const { steps } = this;
    const read = Object.entries<Storage>(this.moments).map(
      async ([name, storage]) => [name, await this.arena.read(storage)] as const,
    );
    return { steps, tensors: Object.fromEntries(await Promise.all(read)) };
  }

  loadState({ steps, tensors }: OptimizerState): void {
    const moments = Object.entries<Storage>(this.moments);
    const [expected, found] = [Object.keys(this.moments), Object.keys(tensors)];
    if ([...expected].sort().join() !== [...found].sort().join()) {
      throw new RangeError(
        `${this.name}: its state consists of ${expected.join(', ')}, but this one of ${found.join(', ') || 'nothing'}: it is another optimizer's.`,
      );
    }
    if (!Number.isSafeInteger(steps) || steps < 0)
      throw new RangeError(`${this.name}: a state after ${steps} steps is none.`);
    const { size } = this.arena;
    for (const [name, { length }] of Object.entries(tensors)) {
      if (length !== size) {
        throw new RangeError(
          `${this.name}: ${name} has ${length} elements, but the trained parameters have ${size}: were others trained?`,
        );
      }
    }
    this.steps = steps;
    for (const [name, storage] of moments) {
      const tensor = tensors[name];
      if (tensor) this.arena.write(storage, tensor);
    }
  }

  dispose(): void {
    const { gpu } = this.arena;
    this.arena.dispose();
    for (const storage of [...Object.values<Storage>(this.moments), this.groups, this.clip])
      gpu.release(storage);
  }
}
