/** What a person has set of the one table of settings; what nobody set is chosen by the engine. */
import { computed, signal } from '@preact/signals';
import type { Setting, TrainConfig } from '../../../../src/train/index.ts';
import { readText, type Reading } from '../../../../src/train/settings/setting.ts';
import type { SettingGroups } from '../../engine/calls/plans.ts';

/** The table, once the engine has told it. */
export const groups = signal<SettingGroups>({});
/** What was typed or chosen, by setting; a setting that is left open is not here. */
export const typed = signal<Readonly<Record<string, string>>>({});
/** What is trained, as the setting `tune` has it; undefined where graft chooses. */
export const tune = signal<string | undefined>(undefined);
/** What the run starts from, as the setting `weights` has it; undefined for the network that comes with the site. */
export const weights = signal<string | undefined>(undefined);

const table = computed(() => new Map(Object.values(groups.value).flatMap((group) => Object.entries(group))));

/** A name that is not in the table, kept by another version of the site, says nothing. */
const readings = computed(
  () =>
    new Map(
      Object.entries(typed.value).flatMap(([name, text]) => {
        const setting = table.value.get(name);
        return setting ? [[name, reading(setting, text)] as const] : [];
      }),
    ),
);

/** What is wrong with what was typed, a sentence by setting. */
export const problems = computed(
  () => new Map([...readings.value].flatMap(([name, { problem }]) => (problem ? [[name, problem]] : []))),
);

/** All that a person has decided, without what cannot be read. */
export const given = computed<Partial<TrainConfig>>(() => {
  const read = [...readings.value].flatMap(([name, one]) =>
    one.problem === undefined ? [[name, one.value]] : [],
  );
  return {
    ...(Object.fromEntries(read) as Partial<TrainConfig>),
    ...(tune.value !== undefined && { tune: tune.value }),
    ...(weights.value !== undefined && { weights: weights.value }),
  };
});

/** Sets a setting to what was typed; an empty text leaves it open again. */
export function setTyped(name: string, text: string): void {
  const { [name]: _, ...others } = typed.value;
  typed.value = text.trim() === '' ? others : { ...others, [name]: text };
}

const reading = (setting: Setting, text: string): Reading =>
  setting.kind === 'flag' ? { value: text === 'true' } : readText(setting, text);
