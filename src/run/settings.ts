/**
 * From what the user decided to the whole config of a run: the photos decide the rest, and a resumed run is held to
 * what it was started with.
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
import type { DivisionSettings } from './photos.ts';

/** Settings of the run without photos, if nothing else is set: drawings of 64 pixels, and few of them. */
export const demoDefaults: Partial<TrainConfig> = { data: null, size: 64, epochs: 40 };

/** Placeholder facts: how a data set is divided does not depend on them. */
const NO_FACTS = { images: 0, classes: 2, counts: [1, 1] };

/** The settings that divide a data set; they do not depend on what is in it. */
export function divisionFor(given: Partial<TrainConfig>): DivisionSettings {
  return chooseStrategy(given, NO_FACTS).config;
}

/** A run's config.json, which `source` names in messages, as a config. Throws `RunError` if it is not one. */
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

/** The settings of a resumed run that were asked to change; `tune: auto` asks for nothing. */
export function contradictions(
  config: TrainConfig,
  given: Partial<TrainConfig>,
): readonly SettingDifference[] {
  const { tune, ...rest } = given;
  return settingDifferences(config, tune === 'auto' ? rest : given);
}
