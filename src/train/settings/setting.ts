/**
 * What a setting is: enough for a command line, a configuration file, a table in the README and a form to be made of
 * it. Values come as texts that people type or as JSON; what is wrong with one is said in a sentence, as data, since it
 * is not for this place to know whether a flag or a field has to be corrected.
 */
import { isInRange, parseNumber, rangeText, type NumberRange } from './numbers.ts';

interface Described {
  /** Its name for people. */
  readonly label: string;
  /** What it does, in a line of a help text. */
  readonly help: string;
  /** The same in Markdown where there is room for more; by default `help`. */
  readonly about?: string;
  /** Whether photos or a recipe choose it if nobody sets it; `default` is then only the starting point. */
  readonly chosen?: true;
  /** Whether it decides what the network is shown or begins with, which is done before the training loop. */
  readonly beforehand?: true;
}

export interface NumberSetting extends Described {
  readonly kind: 'number';
  readonly range: NumberRange;
  /** Examples of good values, for whoever gave a bad one. */
  readonly example?: string;
  /** Whether null, "none" in texts, switches it off. */
  readonly nullable?: true;
  /** What null is called where it is not "none". */
  readonly nullName?: 'auto';
  readonly default: number | null;
  /** What stands for the value in a help text. */
  readonly argument: string;
}

export interface ChoiceSetting extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
  readonly argument: string;
}

/** A path may also name something else: a folder that was moved, the same file under another name. */
export interface TextSetting extends Described {
  readonly kind: 'text' | 'path';
  readonly nullable?: true;
  readonly default: string | null;
  readonly argument: string;
}

export interface FlagSetting extends Described {
  readonly kind: 'flag';
  readonly default: false;
}

export type Setting = NumberSetting | ChoiceSetting | TextSetting | FlagSetting;

/** What a setting's value may be. */
export type ValueOf<S extends Setting> =
  | (S extends { readonly nullable: true } ? null : never)
  | (S extends NumberSetting
      ? number
      : S extends FlagSetting
        ? boolean
        : S extends { readonly kind: 'choice'; readonly choices: readonly (infer Name)[] }
          ? Name
          : string);

/** A value, undefined if it is left open; or what is wrong with it, a sentence. */
export type Reading<T = unknown> =
  { readonly value: T; readonly problem?: undefined } | { readonly problem: string };

type SettingValue = string | number | boolean | null;

/** Reads what a person has typed. */
export function readText(setting: Setting, text: string): Reading<SettingValue> {
  if (setting.kind === 'number') {
    const { nullable, nullName = 'none' } = setting;
    if (nullable && text.trim() === nullName) return { value: null };
    return readNumber(text, setting.range, {
      example: setting.example,
      otherwise: nullable && nullName,
    });
  }
  if (setting.kind === 'choice' && !setting.choices.includes(text))
    return { problem: `Allowed choices are ${setting.choices.join(', ')}.` };
  return setting.kind === 'flag' ? readFlag(text) : { value: text };
}

/** Reads a value of JSON: numbers may be texts, a list is what a comma separates, null is none, or else left open. */
export function readJson(setting: Setting, value: unknown): Reading<SettingValue | undefined> {
  if (value === null) return { value: 'nullable' in setting ? null : undefined };
  if (setting.kind === 'flag') return readFlag(value);
  const text = textOf(value);
  return text.problem === undefined ? readText(setting, text.value) : text;
}

/** Reads a number in a range from a text. */
export function readNumber(
  text: string,
  range: NumberRange,
  {
    example,
    otherwise,
  }: { readonly example?: string | undefined; readonly otherwise?: string | undefined } = {},
): Reading<number> {
  const value = parseNumber(text);
  if (isInRange(value, range)) return { value };
  const such = example === undefined ? '' : `, such as ${example}`;
  return {
    problem: `It must be ${rangeText(range)}${such}${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
  };
}

export const readFlag = (value: unknown): Reading<boolean> =>
  typeof value === 'boolean' ? { value } : { problem: 'It must be true or false.' };

/** A value of JSON as the text that would be typed for it. */
export function textOf(value: unknown): Reading<string> {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (isList) return { value: value.join(',') };
  if (typeof value === 'string' || typeof value === 'number') return { value: String(value) };
  return { problem: 'It must be a text or a number.' };
}

/** What a value must be that is not of the setting's type or out of its range; undefined for a good one. */
export function requirement(setting: Setting, value: unknown): string | undefined {
  if (value === null && 'nullable' in setting) return undefined;
  const orNull = 'nullable' in setting ? ', or null' : '';
  switch (setting.kind) {
    case 'number':
      if (typeof value === 'number' && isInRange(value, setting.range)) return undefined;
      return `${rangeText(setting.range)}${orNull}`;
    case 'choice':
      return setting.choices.some((name) => name === value)
        ? undefined
        : `one of ${setting.choices.join(', ')}`;
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'true or false';
    default:
      return typeof value === 'string' ? undefined : `a text${orNull}`;
  }
}
