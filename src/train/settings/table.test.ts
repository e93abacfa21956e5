/** That the table of settings is true: its defaults are valid, and what it says of who chooses a setting is so. */
import { describe, expect, it } from 'vitest';
import { checkSettings, settingDefaults, settingNames, settingOf, type TrainConfig } from './config.ts';
import { requirement } from './setting.ts';
import { chooseStrategy } from './strategy.ts';

const strategies = [
  [{}, 600, [300, 300]],
  [{ augment: 'standard' }, 600, [500, 100]],
  [{}, 5000, [2500, 2500]],
  [{ gradual: true }, 50_000, [25_000, 25_000]],
  [{ recipe: 'seed' }, 600, [300, 300]],
] as const satisfies readonly (readonly [Partial<TrainConfig>, number, readonly number[]])[];

describe('the table of settings', () => {
  it.each(settingNames)('describes %s with a good default', (name) => {
    const setting = settingOf(name);
    expect(requirement(setting, setting.default)).toBeUndefined();
    expect(requirement(setting, undefined)).toBeDefined();
    for (const text of [setting.label, setting.help]) expect(text.trim()).not.toBe('');
  });

  it('marks all that photos or a recipe choose, and no more', () => {
    const changed = new Set<string>();
    for (const [given, images, counts] of strategies) {
      const { config } = chooseStrategy(given, { images, classes: 2, counts });
      checkSettings(config);
      for (const name of settingNames)
        if (config[name] !== settingDefaults[name] && !(name in given)) changed.add(name);
    }
    const chosen = settingNames.filter((name) => settingOf(name).chosen);
    expect([...changed].sort()).toEqual([...chosen].sort());
  });
});
