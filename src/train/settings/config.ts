/**
 * Everything that decides a run's weights, as one plain object: `config.json` in a run's folder holds it, command-line options
 * and config files set it, and a resumed run must find it unchanged. What nobody set is chosen by strategy.ts.
 */
import { TrainingError } from '../errors.ts';
import { requirement, type Setting, type ValueOf } from './setting.ts';
import { settingTable } from './table.ts';

type Table = typeof settingTable;

/** JSON-able; table.ts says what each entry is. */
export type TrainConfig = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

export type SettingName = keyof TrainConfig;
export const settingNames = Object.keys(settingTable) as readonly SettingName[];

/** The setting called `name`. */
export const settingOf = (name: SettingName): Setting => settingTable[name];

type Beforehand = {
  [Name in SettingName]: Table[Name] extends { readonly beforehand: true } ? Name : never;
}[SettingName];

/** The settings that `fineTune` uses. */
export type TrainSettings = Omit<TrainConfig, Beforehand>;

export type RecipeName = TrainConfig['recipe'];
export type ClassWeighting = TrainConfig['classWeights'];

/**
 * The settings of a run unless something else is set or follows from the data.
 *
 * ```ts
 * const settings = { ...settingDefaults, tune: 'head' };
 * settings.optimizer; // → 'adam'
 * ```
 */
export const settingDefaults: TrainConfig = Object.fromEntries(
  settingNames.map((name) => [name, settingTable[name].default]),
) as { readonly [Name in SettingName]: Table[Name]['default'] };

/** Throws `TrainingError` naming the first setting that is out of range or unknown, and what it should be. */
export function checkSettings(settings: TrainSettings): void {
  const values: Readonly<Partial<Record<SettingName, unknown>>> = settings;
  for (const name of settingNames) {
    const setting = settingOf(name);
    const wanted = setting.beforehand ? undefined : requirement(setting, values[name]);
    if (wanted !== undefined)
      throw new TrainingError(`${name} is ${String(values[name])}; it must be ${wanted}.`);
  }
}
