// Options from a file: `--config FILE.json` sets by name what the command line leaves open, so that a run can be
// written down and repeated. Every value goes through the reader of its option, and a name that no option has is
// refused: a misspelt one would silently be the default.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { messageOf, printable } from '../format.ts';
import {
  parseObject,
  problemText,
  readFlag,
  readNamed,
  textOf,
  type NamedReader,
  type Reading,
} from '../train/index.ts';
import { NONE } from './options.ts';

const NOT_FOR_FILES = new Set(['config', 'help', 'version']);

/**
 * Sets the options of `command` that the JSON object in file `path` names, unless the command line did. Ends
 * the process with the usage exit code if the file is missing or not a JSON object, and for names and values
 * that the command would not take.
 */
export function readConfigFile(command: Command, path: string): void {
  const fail = (problem: string) =>
    command.error(`error: --config ${printable(path)}: ${printable(problem)}`);
  setOptions(command, readObject(path, fail), fail);
}

/**
 * Sets the options of `command` by name, as camelCase (batchSize) or as on the command line (batch-size), unless the
 * command line did; null is "none" if an option takes that, and leaves others open. `fail` is told what is wrong.
 */
function setOptions(
  command: Command,
  given: Readonly<Record<string, unknown>>,
  fail: (problem: string) => never,
): void {
  const options = command.options.filter((option) => !NOT_FOR_FILES.has(option.name()));
  const isSet = (name: string) => command.getOptionValueSource(name) === 'cli';
  const readers = options.map((option): NamedReader => {
    const name = option.attributeName();
    return { name, read: (value) => (isSet(name) ? { value: undefined } : readOption(option, value)) };
  });
  const { values, problems } = readNamed(given, readers);
  const [problem] = problems;
  if (problem) return fail(problemText(problem, 'option'));
  for (const [name, value] of values) command.setOptionValueWithSource(name, value, 'config');
}

function readObject(path: string, fail: (problem: string) => never): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return fail(`it cannot be read: ${messageOf(error)}`);
  }
  const { value, problem } = parseObject(text);
  return value ?? fail(problem);
}

function readOption(option: Option, value: unknown): Reading {
  if (value === null) return { value: readNone(option) };
  if (option.isBoolean()) {
    const flag = readFlag(value);
    return flag.problem === undefined ? { value: flag.value || undefined } : flag; // off is as if it were not given
  }
  const text = textOf(value);
  if (text.problem !== undefined || !option.parseArg) return text;
  try {
    return { value: option.parseArg(text.value, undefined) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return { problem: error.message };
  }
}

/** What the option makes of "none", if it takes that; a choice that happens to be called none is a different thing. */
function readNone(option: Option): typeof NONE | undefined {
  try {
    return option.parseArg?.('none', undefined) === NONE ? NONE : undefined;
  } catch {
    return undefined;
  }
}
