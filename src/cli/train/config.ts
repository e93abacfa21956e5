// From options to the whole config of a run: what the user decided, what the photos suggest for the rest, and for a run
// that is resumed what it was begun with, which nothing may contradict.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { defaultNetwork } from '../../networks/index.ts';
import { chooseStrategy, type TrainConfig } from '../../train/index.ts';
import { findInCatalogue } from '../../weights/index.ts';
import { FileError, UsageError } from '../command.ts';
import { setOptions } from '../config-file.ts';
import { configDifferences } from '../run/fingerprint.ts';
import { printable } from '../terminal/format.ts';
import { addConfigOptions, configNames, givenConfig } from './options.ts';

/** The network that a run starts from where nobody says another. */
const DEFAULT_WEIGHTS: string = defaultNetwork;

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

/** A run's config.json as a config; `source` names it in messages. Throws `FileError` where it is none. */
export function parseConfig(values: Readonly<Record<string, unknown>>, source: string): TrainConfig {
  const command = addConfigOptions(new Command());
  const fail = (problem: string): never => {
    throw new FileError(`${printable(source)} is damaged: ${printable(problem)}`);
  };
  setOptions(command, values, fail);
  const given = {
    data: null,
    gradual: false,
    clipGrad: null,
    patience: null,
    ...givenConfig(command.opts()),
  };
  const missing = configNames.find((name) => given[name] === undefined);
  return missing === undefined ? (given as TrainConfig) : fail(`it has no "${missing}".`);
}

/** Throws `UsageError` that lists all that `given` has and `config`, of the run that is resumed, has otherwise. */
export function refuseContradictions(
  run: string,
  config: TrainConfig,
  { data, weights, tune, ...given }: Partial<TrainConfig>,
): void {
  const paths = withPaths({ data: data ?? config.data, weights: weights ?? config.weights });
  const differences = configDifferences(
    { ...config },
    { ...given, ...paths, tune: tune === 'auto' ? undefined : tune },
  );
  if (differences.length === 0) return;
  throw new UsageError(
    `The run ${printable(run)} cannot go on with other settings:\n${differences.map((one) => `  ${printable(one)}`).join('\n')}`,
    'Leave these options out to go on with the run, or leave --resume out for a new one.',
  );
}
