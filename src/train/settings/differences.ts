/** How the settings of a run differ from the earlier ones, as data: a face says which flag or field that is. */
import { settingNames, type SettingName, type TrainConfig } from './config.ts';

export interface SettingDifference {
  readonly name: SettingName;
  readonly before: TrainConfig[SettingName];
  readonly now: TrainConfig[SettingName];
}

/** All settings that both have with different values. */
export function settingDifferences(
  before: Partial<TrainConfig>,
  now: Partial<TrainConfig>,
): readonly SettingDifference[] {
  return settingNames.flatMap((name) => {
    const [then, value] = [before[name], now[name]];
    return then === undefined || value === undefined || then === value
      ? []
      : [{ name, before: then, now: value }];
  });
}
