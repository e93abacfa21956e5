/** A field of one setting, made from its entry in the table: label, help, choices, what would be chosen, and what is wrong. */
import type { Setting } from '../../../../src/train/index.ts';
import { plan } from '../state/network.ts';
import { groups, problems, setTyped, typed } from '../state/settings.ts';

export function SettingField({ name }: { readonly name: string }) {
  const setting = Object.values(groups.value).find((group) => name in group)?.[name];
  if (!setting) return null;
  const id = `setting-${name}`;
  const problem = problems.value.get(name);
  const isSet = typed.value[name] !== undefined;
  return (
    <div class="field">
      <label for={id}>{setting.label}</label>
      <Control name={name} setting={setting} id={id} isWrong={problem !== undefined} />
      <small id={`${id}-help`}>{setting.help}</small>
      {isSet && (
        <button type="button" class="quiet" onClick={() => setTyped(name, '')}>
          Reset<span class="unseen"> {setting.label}</span>
        </button>
      )}
      {problem && (
        <p id={`${id}-problem`} class="problem">
          {problem}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  readonly name: string;
  readonly setting: Setting;
  readonly id: string;
  readonly isWrong: boolean;
}

function Control({ name, setting, id, isWrong }: ControlProps) {
  const value = typed.value[name] ?? '';
  const would = wouldBe(name, setting);
  const shared = {
    id,
    'aria-describedby': isWrong ? `${id}-help ${id}-problem` : `${id}-help`,
    'aria-invalid': isWrong,
  };
  if (setting.kind === 'flag')
    return (
      <input
        {...shared}
        type="checkbox"
        checked={value === 'true'}
        onChange={({ currentTarget }) => setTyped(name, currentTarget.checked ? 'true' : '')}
      />
    );
  if (setting.kind === 'choice')
    return (
      <select {...shared} value={value} onChange={({ currentTarget }) => setTyped(name, currentTarget.value)}>
        <option value="">{would}</option>
        {setting.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  return (
    <input
      {...shared}
      type="text"
      inputMode={setting.kind === 'number' && !setting.nullable ? 'decimal' : 'text'}
      autocomplete="off"
      placeholder={would}
      value={value}
      onInput={({ currentTarget }) => setTyped(name, currentTarget.value)}
    />
  );
}

/** What it is where nobody sets it. */
function wouldBe(name: string, { default: standard }: Setting): string {
  const config: Readonly<Record<string, unknown>> = plan.value?.chosen.config ?? {};
  // Once it is set the plan has what was set, and no longer what would be.
  const chosen = typed.value[name] === undefined ? (config[name] ?? standard) : standard;
  return chosen === null ? 'none' : String(chosen);
}
