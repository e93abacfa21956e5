/** Groups of parameters that learn at rates or with weight decay of their own. */
import type { Parameter } from '../nn/index.ts';

/** Parameters that learn at a rate or with a weight decay of their own. */
export interface ParameterGroup {
  readonly parameters: readonly Parameter[];
  /** The group's learning rate is the optimizer's times this; 1 by default. */
  readonly learningRateScale?: number | undefined;
  /** In place of the optimizer's. */
  readonly weightDecay?: number | undefined;
}

/**
 * Bare parameters are one group that has all from the optimizer. Throws `RangeError` if a parameter is named twice.
 */
export function toGroups(
  parameters: readonly Parameter[] | readonly ParameterGroup[],
): readonly ParameterGroup[] {
  const groups = areGroups(parameters) ? parameters : [{ parameters }];
  const all = groups.flatMap((group) => group.parameters);
  if (new Set(all).size !== all.length)
    throw new RangeError('A parameter stands twice among those to train: it can be in one group only.');
  return groups;
}

/**
 * Splits groups so that batch norm's parameters and biases, those of shape [n], have no weight decay: it would pull
 * scales to zero that nothing else bounds, and shifts that overfit nothing. The others keep their group's.
 *
 * ```ts
 * const { weight, bias } = new Linear(gpu, 2, 1);
 * decayGroups([weight, bias]).map((group) => group.weightDecay ?? 'as the others'); // → ['as the others', 0]
 * ```
 */
export function decayGroups(parameters: readonly Parameter[] | readonly ParameterGroup[]): ParameterGroup[] {
  return toGroups(parameters).flatMap((group) => {
    const isVector = ({ fileShape }: Parameter) => fileShape.length <= 1;
    const matrices = group.parameters.filter((parameter) => !isVector(parameter));
    const vectors = group.parameters.filter(isVector);
    const parts = [
      { ...group, parameters: matrices },
      { ...group, parameters: vectors, weightDecay: 0 },
    ];
    return parts.filter((part) => part.parameters.length > 0);
  });
}

const areGroups = (
  parameters: readonly Parameter[] | readonly ParameterGroup[],
): parameters is readonly ParameterGroup[] => parameters.some((entry) => 'parameters' in entry);
