/**
 * From what the user decided to the whole config of a run: the photos suggest the rest, and a run that is resumed is held to
 * what it was begun with.
 */
import { printable } from '../format.ts';
import {
  chooseStrategy,
  parseConfig,
  problemText,
  settingDifferences,
  type SettingDifference,
  type TrainConfig,
} from '../train/index.ts';
import { RunError } from './errors.ts';

/** What the run without photos is, where nothing else is set: drawings of 64 pixels, and few of them. */
export const demoDefaults: Partial<TrainConfig> = { data: null, size: 64, epochs: 40 };

/** Facts of a data set that decide nothing about how it is divided. */
const NO_FACTS = { images: 0, classes: 2, counts: [1, 1] };

/** How a data set is divided: that does not depend on what is in it. */
export function divisionFor(given: Partial<TrainConfig>): Pick<TrainConfig, 'validFraction' | 'seed'> {
  return chooseStrategy(given, NO_FACTS).config;
}

/** A run's config.json, which `source` names in messages, as a config. Throws `RunError` where it is none. */
export function readConfig(
  values: Readonly<Record<string, unknown>>,
  run: string,
  source: string,
): TrainConfig {
  const { config, problems } = parseConfig(values);
  if (config) return config;
  const texts = problems.map((problem) => printable(problemText(problem)));
  const list = texts.length === 1 ? ` ${texts.join('')}` : texts.map((text) => `\n  ${text}`).join('');
  throw new RunError(`${printable(source)} is damaged:${list}`, { kind: 'damaged', run });
}

/** What of a run that goes on was asked to be otherwise; `tune: auto` asks for nothing. */
export function contradictions(
  config: TrainConfig,
  given: Partial<TrainConfig>,
): readonly SettingDifference[] {
  const { tune, ...rest } = given;
  return settingDifferences(config, tune === 'auto' ? rest : given);
}
