// From options to the whole config of a run: what the user decided, what the photos suggest for the rest, and for a run
// that is resumed what it was begun with, which nothing may contradict.
import { resolve } from 'node:path';
import {
  chooseStrategy,
  parseConfig as parseSettings,
  problemText,
  settingDefaults,
  settingDifferences,
  type SettingDifference,
  type SettingName,
  type TrainConfig,
} from '../../train/index.ts';
import { findInCatalogue } from '../../weights/index.ts';
import { FileError, UsageError } from '../command.ts';
import { printable } from '../../format.ts';
import { shellWord } from '../terminal/format.ts';
import { flagOf } from './options.ts';

/** Facts of a data set that decide nothing about how it is divided. */
const NO_FACTS = { images: 0, classes: 2, counts: [1, 1] };

/** How a data set is divided: that does not depend on what is in it. */
export function divisionFor(given: Partial<TrainConfig>): Pick<TrainConfig, 'validFraction' | 'seed'> {
  return chooseStrategy(given, NO_FACTS).config;
}

/** `given` with whole paths, which mean the same wherever the run is resumed, and with weights. */
export function withPaths(given: Partial<TrainConfig>): Partial<TrainConfig> {
  const { data, weights = settingDefaults.weights } = given;
  return {
    ...given,
    ...(typeof data === 'string' && { data: resolve(data) }),
    weights: findInCatalogue(weights) ? weights : resolve(weights),
  };
}

/** A run's config.json as a config; `source` names it in messages. Throws `FileError` where it is none. */
export function parseConfig(values: Readonly<Record<string, unknown>>, source: string): TrainConfig {
  const { config, problems } = parseSettings(values);
  if (config) return config;
  const texts = problems.map((problem) => printable(problemText(problem)));
  const list = texts.length === 1 ? ` ${texts.join('')}` : texts.map((text) => `\n  ${text}`).join('');
  throw new FileError(`${printable(source)} is damaged:${list}`);
}

/** Throws `UsageError` that lists all that `given` has and `config`, of the run that is resumed, has otherwise. */
export function refuseContradictions(
  run: string,
  config: TrainConfig,
  { data, weights, tune, ...given }: Partial<TrainConfig>,
): void {
  const paths = withPaths({ data: data ?? config.data, weights: weights ?? config.weights });
  const asked = tune === undefined || tune === 'auto' ? {} : { tune };
  const differences = settingDifferences(config, { ...given, ...paths, ...asked });
  if (differences.length === 0) return;
  throw new UsageError(
    `The run ${printable(run)} cannot go on with other settings:${listOf(differences, flagOf)}`,
    'Leave these options out to go on with the run, or leave --resume out for a new one.',
  );
}

/** Throws `FileError` that lists the settings that `config.json` has had changed since the run was begun. */
export function refuseEditedConfig(run: string, differences: readonly SettingDifference[]): void {
  if (differences.length === 0) return;
  const path = printable(`${run}/config.json`);
  throw new FileError(
    `${path} is not as the run was trained with it:${listOf(differences, (name) => `"${name}"`)}`,
    `Put these back to go on with the run, or begin a new one with them: --config ${shellWord(path)} --name NAME`,
  );
}

/** A line for each setting: `--lr was 0.001, now 0.01`. */
function listOf(differences: readonly SettingDifference[], call: (name: SettingName) => string): string {
  const show = (value: unknown) =>
    value === null ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value);
  return differences
    .map(({ name, before, now }) => `\n  ${printable(`${call(name)} was ${show(before)}, now ${show(now)}`)}`)
    .join('');
}
