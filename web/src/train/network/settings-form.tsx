/** All further settings of a run, from the one table: what is left empty is chosen by the photos. */
import { useSignal } from '@preact/signals';
import { groups, typed } from '../state/settings.ts';
import { SettingField } from './setting-field.tsx';

/** Those that a page asks in another way: photos, network, stages, and epochs, which stand above; and what only sharp does. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['data', 'labels', 'labelsFromNames', 'weights', 'tune', 'epochs', 'shrinkFrom'],
]);

export function SettingsForm() {
  const isOpen = useSignal(false);
  const changed = Object.keys(typed.value).filter((name) => !ELSEWHERE.has(name)).length;
  return (
    <details class="more" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>More settings{changed > 0 ? ` (${changed} set)` : ''}</summary>
      {isOpen.value &&
        Object.entries(groups.value).map(([title, group]) => (
          <fieldset key={title}>
            <legend>{title}</legend>
            <div class="fields">
              {Object.keys(group)
                .filter((name) => !ELSEWHERE.has(name))
                .map((name) => (
                  <SettingField key={name} name={name} />
                ))}
            </div>
          </fieldset>
        ))}
    </details>
  );
}
