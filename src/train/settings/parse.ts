/**
 * Named values from files, such as a run's `config.json`: each goes through the reader of its name, and a name that
 * does not exist is refused, since a misspelt one would silently be the default. What is wrong comes back as data.
 */
import { messageOf } from '../../format.ts';
import { nearest } from '../../names.ts';
import { settingNames, settingOf, type SettingName, type TrainConfig } from './config.ts';
import { readJson, type Reading } from './setting.ts';

export type SettingProblem =
  /** There is nothing of that name; `known` are the names that there are. */
  | { readonly kind: 'unknown'; readonly name: string; readonly known: readonly string[] }
  /** Both names are those of the same setting. */
  | { readonly kind: 'twice'; readonly name: string; readonly other: string }
  /** `problem` is a sentence that says what the value should have been. */
  | { readonly kind: 'value'; readonly name: string; readonly value: unknown; readonly problem: string }
  | { readonly kind: 'missing'; readonly names: readonly string[] };

/** What reads the values of one name. */
export interface NamedReader {
  /** In camelCase; `batch-size` in a file is `batchSize` too. */
  readonly name: string;
  read(value: unknown): Reading;
}

export interface NamedValues {
  /** Without those that were left open. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly SettingProblem[];
}

/** The object that a JSON text holds; `problem` is a sentence, without a beginning, where it holds none. */
export function parseObject(
  text: string,
):
  | { readonly value: Readonly<Record<string, unknown>>; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, '')); // some editors begin files with a mark
  } catch (error) {
    return { problem: `this is not JSON: ${messageOf(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'it must hold an object with options by name, such as {"epochs": 10}.' };
  return { value: value as Record<string, unknown> };
}

/** Reads every value by the reader of its name. */
export function readNamed(
  given: Readonly<Record<string, unknown>>,
  readers: readonly NamedReader[],
): NamedValues {
  const byName = new Map(
    readers.flatMap((reader) => [reader.name, hyphenated(reader.name)].map((n) => [n, reader])),
  );
  const names = new Map<NamedReader, string>();
  const values = new Map<string, unknown>();
  const problems: SettingProblem[] = [];
  for (const [name, value] of Object.entries(given)) {
    const reader = byName.get(name);
    if (!reader) {
      problems.push({ kind: 'unknown', name, known: readers.map((one) => one.name) });
      continue;
    }
    const other = names.get(reader);
    names.set(reader, name);
    const reading = reader.read(value);
    if (other !== undefined) problems.push({ kind: 'twice', name: other, other: name });
    else if (reading.problem !== undefined)
      problems.push({ kind: 'value', name, value, problem: reading.problem });
    else if (reading.value !== undefined) values.set(reader.name, reading.value);
  }
  return { values, problems };
}

/** batchSize → batch-size. */
export const hyphenated = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A problem in words, without a full stop if it is not a sentence; `noun` is what the names are to the reader. */
export function problemText(problem: SettingProblem, noun = 'setting'): string {
  switch (problem.kind) {
    case 'unknown': {
      const near = nearest(problem.name, problem.known);
      const hint = near === undefined ? `There are: ${problem.known.join(', ')}.` : `Did you mean "${near}"?`;
      return `there is no ${noun} "${problem.name}". ${hint}`;
    }
    case 'twice':
      return `"${problem.name}" and "${problem.other}" are the same ${noun}.`;
    case 'value':
      return `"${problem.name}" is ${JSON.stringify(problem.value)}. ${problem.problem}`;
    case 'missing':
      return `it has no ${problem.names.map((name) => `"${name}"`).join(', ')}.`;
  }
}

const settingReaders: readonly NamedReader[] = settingNames.map((name) => ({
  name,
  read: (value) => readJson(settingOf(name), value),
}));

/** The settings that `values` hold, as a person or a program wrote them, and what is wrong with the others. */
export function parseSettings(values: Readonly<Record<string, unknown>>): {
  readonly settings: Partial<TrainConfig>;
  readonly problems: readonly SettingProblem[];
} {
  const { values: read, problems } = readNamed(values, settingReaders);
  return { settings: Object.fromEntries(read) as Partial<TrainConfig>, problems };
}

/**
 * A whole config, as a run writes it down. What photos or a recipe choose must be there; the rest may be missing, as what
 * was added since an older run is, and is then as it was before there was a choice. `config` is undefined if there
 * are problems.
 */
export function parseConfig(values: Readonly<Record<string, unknown>>): {
  readonly config: TrainConfig | undefined;
  readonly problems: readonly SettingProblem[];
} {
  const { settings, problems } = parseSettings(values);
  const config: Partial<Record<SettingName, unknown>> = { ...unsaid, ...settings };
  const names = settingNames.filter((name) => config[name] === undefined);
  if (problems.length > 0) return { config: undefined, problems };
  if (names.length > 0) return { config: undefined, problems: [{ kind: 'missing', names }] };
  return { config: config as TrainConfig, problems };
}

/** The value of a setting that a run's config lacks: off if possible, or a default that nothing else would have chosen. */
const unsaid: Partial<Record<SettingName, unknown>> = Object.fromEntries(
  settingNames.flatMap((name): [string, unknown][] => {
    const setting = settingOf(name);
    if ('nullable' in setting) return [[name, null]];
    return setting.chosen || setting.kind === 'path' ? [] : [[name, setting.default]];
  }),
);
