/**
 * The optimizers that can be chosen by name. A new one is a class in a file of its own and an entry here: settings,
 * help texts and checks all use the names of this object.
 */
import { lookUp, namesOf } from '../names.ts';
import { Adam, AdamW } from './adam.ts';
import type { ParameterGroup } from './groups.ts';
import type { Optimizer } from './optimizer.ts';
import { Sgd } from './sgd.ts';

/** What a run sets of its optimizer; each takes what its formula has. */
export interface OptimizerSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly momentum: number;
}

type MakeOptimizer = (groups: readonly ParameterGroup[], settings: OptimizerSettings) => Optimizer;

export const optimizers = {
  adam: (groups, { learningRate, weightDecay }) => new Adam(groups, { learningRate, weightDecay }),
  adamw: (groups, { learningRate, weightDecay }) => new AdamW(groups, { learningRate, weightDecay }),
  sgd: (groups, { learningRate, momentum, weightDecay }) =>
    new Sgd(groups, { learningRate, momentum, weightDecay }),
} as const satisfies Record<string, MakeOptimizer>;

/** What `makeOptimizer` makes, and the setting `optimizer` names. */
export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = namesOf(optimizers);

/**
 * The optimizer called `name` over the trained parameters of `groups`. Throws `UnknownNameError`, and `RangeError` for
 * settings out of range.
 *
 * ```ts
 * const { weight, bias } = new Linear(gpu, 2, 1);
 * const settings = { learningRate: 0.01, weightDecay: 0, momentum: 0.9 };
 * makeOptimizer('sgd', [{ parameters: [weight, bias] }], settings) instanceof Sgd; // → true
 * ```
 */
export function makeOptimizer(
  name: OptimizerName,
  groups: readonly ParameterGroup[],
  settings: OptimizerSettings,
): Optimizer {
  return lookUp<MakeOptimizer>(optimizers, name, 'optimizer')(groups, settings);
}
