// Options from a file: `--config FILE.json` sets by name what the command line leaves open, so that a run can be
// written down and repeated. Every value goes through the reader of its option, and a name that no option has is
// refused: a misspelt one would silently be the default.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { printable } from '../format.ts';
import { NONE } from './options.ts';

const NOT_FOR_FILES = new Set(['config', 'help', 'version']);

/**
 * Sets the options of `command` that the JSON object in file `path` names, unless the command line did. Ends
 * the process with the usage exit code where the file is missing or no JSON object, and for names and values
 * that the command would not take.
 */
export function readConfigFile(command: Command, path: string): void {
  const fail = (problem: string) =>
    command.error(`error: --config ${printable(path)}: ${printable(problem)}`);
  setOptions(command, readObject(path, fail), fail);
}

/**
 * Sets the options of `command` by name, as camelCase (batchSize) or as on the command line (batch-size), unless the
 * command line did; null is "none" where an option takes that, and leaves others open. `fail` is told what is wrong.
 */
export function setOptions(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  fail: (problem: string) => never,
): void {
  const options = new Map<string, Option>();
  for (const option of command.options.filter((option) => !NOT_FOR_FILES.has(option.name()))) {
    options.set(option.name(), option);
    options.set(option.attributeName(), option);
  }
  const seen = new Map<Option, string>();
  for (const [key, value] of Object.entries(values)) {
    const option = options.get(key);
    if (!option) return fail(unknownName(key, [...options.values()]));
    const twice = seen.get(option);
    if (twice !== undefined) return fail(`"${twice}" and "${key}" are the same option.`);
    seen.set(option, key);
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli') continue;
    try {
      const read = value === null ? readNone(option) : readValue(option, value);
      if (read !== undefined) command.setOptionValueWithSource(name, read, 'config');
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      return fail(`"${key}" is ${JSON.stringify(value)}. ${error.message}`);
    }
  }
}

function readObject(path: string, fail: (problem: string) => never): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')); // some editors begin files with a mark
  } catch (error) {
    const { message } = error as Error;
    return fail(
      error instanceof SyntaxError ? `this is not JSON: ${message}` : `it cannot be read: ${message}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('it must hold an object with options by name, such as {"epochs": 10}.');
  return value as Record<string, unknown>;
}

function readValue(option: Option, value: unknown): unknown {
  if (option.isBoolean()) {
    if (typeof value !== 'boolean') throw new InvalidArgumentError('It must be true or false.');
    return value || undefined; // off is as if it were not given
  }
  const isText = typeof value === 'string' || typeof value === 'number';
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (!isText && !isList) throw new InvalidArgumentError('It must be a text or a number.');
  const text = isList ? value.join(',') : String(value);
  return option.parseArg ? option.parseArg(text, undefined) : text;
}

/** What the option makes of "none", where it takes that; a choice that happens to be called none is another thing. */
function readNone(option: Option): typeof NONE | undefined {
  try {
    return option.parseArg?.('none', undefined) === NONE ? NONE : undefined;
  } catch {
    return undefined;
  }
}

function unknownName(key: string, options: readonly Option[]): string {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const names = [...new Set(options.map((option) => option.attributeName()))];
  const near = names
    .map((name) => ({ name, distance: editDistance(plain(name), plain(key)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = near !== undefined && near.distance <= Math.max(1, key.length / 2);
  return `there is no option "${key}".${isNear ? ` Did you mean "${near.name}"?` : ` There are: ${names.join(', ')}.`}`;
}

/** How many letters must be put in, taken out or replaced to make `b` of `a` (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replace = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
