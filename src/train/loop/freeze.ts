/**
 * Which parts of a network are trained. Freezing is a flag on each parameter; the tape, the optimizer and batch norm
 * all follow it, so what is frozen costs neither gradients nor memory.
 */
import { BatchNorm2d, headOf, isWithin, lastStageOf, type Network } from '../../nn/index.ts';
import { TrainingError } from '../errors.ts';

/** What frozen batch norm normalises by in training: its running statistics, or the batch as in PyTorch's `train()`. */
export const statistics = ['running', 'batch'] as const;
export type Statistics = (typeof statistics)[number];

/** What is trained, and how much that is. */
export interface FreezeReport {
  /** The trained parts by torchvision's names, in the order given; the whole network is `all`. */
  readonly parts: readonly string[];
  /** Numbers of parameters, each weight counted. */
  readonly trained: number;
  readonly frozen: number;
}

/**
 * Trains the parts of `model` that `tune` names, separated by commas, and freezes the rest: a stage as the network calls it
 * (`head`, `layer4`), `all`, or any beginning of parameter names such as `layer3.1`. The head is always trained, since it
 * starts from random values. Throws `TrainingError`, listing what there is, for a part that the network does not have.
 *
 * ```ts
 * const model = resnet18(gpu, 2);
 * freeze(model, 'head', 'running'); // → { parts: ['fc'], trained: 1026, frozen: 11176512 }
 * ```
 */
export function freeze(model: Network, tune: string, bn: Statistics): FreezeReport {
  const parts = trainedParts(model, tune);
  const counts = { trained: 0, frozen: 0 };
  for (const [name, parameter] of model.namedParameters()) {
    parameter.requiresGrad = parts.some((part) => isWithin(name, part));
    counts[parameter.requiresGrad ? 'trained' : 'frozen'] += parameter.size;
  }
  for (const module of model.modules()) if (module instanceof BatchNorm2d) module.frozenStatistics = bn;
  return { parts: parts.includes('') ? ['all'] : [...new Set(parts)], ...counts };
}

/**
 * The beginnings of names that `tune` means, `''` for all: those of parameters that are trained, the head's among them.
 * Throws `TrainingError` as `freeze` does.
 */
export function trainedParts(model: Network, tune: string): readonly string[] {
  const names = [...model.namedParameters().keys()];
  const stages = new Map(model.stages.map(({ name, modules }) => [name, modules]));
  const parts = tune.split(',').flatMap((part) => {
    const name = part.trim();
    if (name === 'all') return [''];
    const known = stages.get(name) ?? (name && names.some((n) => isWithin(n, name)) ? [name] : undefined);
    if (!known) throw unknownPart(name, model, names);
    return known;
  });
  return parts.includes('') ? parts : [...parts, ...headOf(model.stages).modules];
}

/**
 * The parameters that a run with this `tune` never changes; a gradual run's first phase trains less than its last. Throws
 * `TrainingError` as `freeze` does.
 */
export function frozenNames(model: Network, tune: string): readonly string[] {
  const parts = trainedParts(model, tune);
  return [...model.namedParameters().keys()].filter((name) => !parts.some((part) => isWithin(name, part)));
}

/**
 * Whether some batch norm would take its statistics from the photos of a batch: those that are trained do, and frozen ones where `bn` is
 * `batch`. Throws `TrainingError` as `freeze` does.
 */
export function usesBatchStatistics(model: Network, tune: string, bn: Statistics): boolean {
  const parts = trainedParts(model, tune);
  const norms = new Set(model.modules().flatMap((one) => (one instanceof BatchNorm2d ? [one.weight] : [])));
  const isTrained = (name: string) => parts.some((part) => isWithin(name, part));
  return [...model.namedParameters()].some(
    ([name, parameter]) => norms.has(parameter) && (bn === 'batch' || isTrained(name)),
  );
}

function unknownPart(part: string, { stages }: Network, names: readonly string[]): TrainingError {
  const last = lastStageOf(stages);
  const topLevel = names.map((name) => name.split('.')[0]);
  const known = [headOf(stages).name, last.name, 'all', ...topLevel, ...stages.map(({ name }) => name)];
  // Within the last stage, from its last module to a weight's owner: `layer4.1` and `layer4.1.conv2`.
  const inner = names.filter((name) => last.modules.some((module) => isWithin(name, module)));
  const path = (inner.at(-1) ?? '').split('.').slice(0, -1);
  const examples = [path.slice(0, 2), path].map((one) => one.join('.'));
  return new TrainingError(
    `"${part}" is not a part of the network. There are: ${[...new Set(known)].join(', ')}, and parts of these, such as ${[...new Set(examples)].join(' or ')}.`,
  );
}
