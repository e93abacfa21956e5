// From options to the whole config of a run: what the user decided, what the photos suggest for the rest, and for a run that
// is resumed what it was begun with, which nothing may contradict.
import { resolve } from 'node:path';
import { findInCatalogue } from '../weights/index.ts';
import { chooseStrategy, type Strategy, type TrainConfig } from '../train/index.ts';
import { UsageError } from './command.ts';
import { printable } from './format.ts';
import { configNames } from './train-options.ts';

/** The network that a run starts from where nobody says another. */
const DEFAULT_WEIGHTS = 'resnet18';

/** Facts of a data set that decide nothing about how it is divided. */
const NO_FACTS = { images: 0, classes: 2, counts: [1, 1] };

/** How a data set is divided: that does not depend on what is in it. */
export function divisionFor(given: Partial<TrainConfig>): Pick<TrainConfig, 'validFraction' | 'seed'> {
  return chooseStrategy(given, NO_FACTS).config;
}

/** `given` with whole paths, which mean the same wherever the run is resumed, and with weights. */
export function withPaths(given: Partial<TrainConfig>): Partial<TrainConfig> {
  const { data, weights = DEFAULT_WEIGHTS } = given;
  return {
    ...given,
    ...(typeof data === 'string' && { data: resolve(data) }),
    weights: findInCatalogue(weights) ? weights : resolve(weights),
  };
}

/** Throws `UsageError` that lists all that `given` has and `config`, of the run that is resumed, has otherwise. */
export function refuseContradictions(run: string, config: TrainConfig, given: Partial<TrainConfig>): void {
  const asked = given.tune === 'auto' ? { ...given, tune: undefined } : given;
  const differing = configNames.filter((name) => asked[name] !== undefined && asked[name] !== config[name]);
  if (differing.length === 0) return;
  const show = (value: unknown) => printable(value === null ? 'none' : String(value));
  throw new UsageError(
    [
      `The run ${printable(run)} cannot go on with other settings:`,
      ...differing.map((name) => `  ${name} is ${show(config[name])} there, and ${show(asked[name])} here`),
    ].join('\n'),
    'Leave these options out to go on with the run, or leave --resume out for a new one.',
  );
}
