/**
 * Which parts of a network are trained. Freezing is a flag on each parameter; the tape, the optimizer and batch norm
 * all go by it, so what is frozen costs neither gradients nor memory.
 */
import { BatchNorm2d, isWithin, type Module } from '../../nn/index.ts';
import { TrainingError } from '../errors.ts';

/** What frozen batch norm normalises by in training: what it learned before, or the batch as PyTorch's `train()`. */
export const statistics = ['running', 'batch'] as const;
export type Statistics = (typeof statistics)[number];

export interface FreezeReport {
  /** The trained parts by torchvision's names, in the order given; the whole network is `all`. */
  readonly parts: readonly string[];
  /** Numbers of parameters, each weight counted. */
  readonly trained: number;
  readonly frozen: number;
}

const HEAD = 'fc';
const shorthands = new Map([
  ['head', [HEAD]],
  ['layer4', ['layer4', HEAD]],
  ['all', ['']],
]);

/**
 * Trains the parts of `model` that `tune` names, separated by commas, and freezes the rest: `head`, `layer4` (the last
 * stage and the head), `all`, or any beginning of parameter names such as `layer3.1`. The head is always trained, since
 * it starts from random values. Throws `TrainingError` listing what there is, for a part that the network has not.
 */
export function freeze(model: Module, tune: string, bn: Statistics): FreezeReport {
  const parameters = model.namedParameters();
  const names = [...parameters.keys()];
  const parts = tune.split(',').flatMap((part) => {
    const name = part.trim();
    const known = shorthands.get(name) ?? (name && names.some((n) => isWithin(n, name)) ? [name] : undefined);
    if (!known) throw unknownPart(name, names);
    return known;
  });
  if (!parts.includes('')) parts.push(HEAD);

  const counts = { trained: 0, frozen: 0 };
  for (const [name, parameter] of parameters) {
    parameter.requiresGrad = parts.some((part) => isWithin(name, part));
    counts[parameter.requiresGrad ? 'trained' : 'frozen'] += parameter.size;
  }
  for (const module of model.modules()) if (module instanceof BatchNorm2d) module.frozenStatistics = bn;
  return { parts: parts.includes('') ? ['all'] : [...new Set(parts)], ...counts };
}

function unknownPart(part: string, names: readonly string[]): TrainingError {
  const topLevel = new Set(names.map((name) => name.split('.')[0]));
  const known = [...new Set(['head', 'layer4', 'all', ...topLevel])].join(', ');
  return new TrainingError(
    `"${part}" is no part of the network. There are: ${known}, and parts of these such as layer4.1 or layer4.1.conv2.`,
  );
}
