// Options from a file, so that a run can be written down and repeated: `--config FILE`, or for training the graft.config.ts of the
// current folder. Every value goes through the reader of its option, and a name that no option has is refused: a misspelt one would
// silently be the default. What is typed takes precedence.
import { existsSync, readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { messageOf, printable } from '../format.ts';
import { runSettings } from '../run/run-settings.ts';
import { runFiles } from '../run/store/folder.ts';
import {
  parseObject,
  problemText,
  readFlag,
  readNamed,
  textOf,
  type NamedReader,
  type Reading,
} from '../train/index.ts';
import { isModule, loadModule } from './config-module.ts';
import { NONE } from './options.ts';

/** The names that are looked for in the current folder. */
const FOUND = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `graft.config.${ending}`);
/** Commands that are about a run's settings; the others read a config file only where it is named. */
const CONFIGURED = ['train', 'lr-find'];
const NOT_FOR_FILES = new Set(['config', 'serve', 'help', 'version']);

type Values = Readonly<Record<string, unknown>>;

/**
 * Sets the options of `command` that the config file names which `words`, those typed after it, or the current folder give. Called
 * before `words` are parsed, which then set them otherwise. Ends the process with the usage exit code for a file that cannot be read,
 * and for names and values that the command would not take.
 */
export async function applyConfigFile(command: Command, words: readonly string[]): Promise<void> {
  if (words.some((word) => word === '--help' || word === '-h')) return;
  const given = valueOfOption(words, '--config');
  const path = given ?? (CONFIGURED.includes(command.name()) ? found(words, command) : undefined);
  if (path === undefined) return;
  const subject = given === undefined ? path : `--config ${printable(path)}`;
  const fail = (problem: string) => command.error(`error: ${subject}: ${printable(problem)}`);
  const values = isModule(path) ? await readModule(path, fail) : readObject(path, fail);
  setOptions(command, given === undefined ? forCommand(command, values) : values, fail);
  command.setOptionValueWithSource('config', path, 'config');
}

/** What a config file has set of a parsed command: "graft.config.ts sets epochs 10, tune layer4"; undefined without one. */
export function configText(command: Command): string | undefined {
  const path = command.getOptionValue('config') as string | undefined;
  if (path === undefined) return undefined;
  const set = configuredNames(command).map((name) => {
    const value: unknown = command.getOptionValue(name);
    return value === true ? name : `${name} ${value === NONE ? 'none' : String(value)}`;
  });
  return `${path} sets ${set.length === 0 ? 'nothing that was not given' : set.join(', ')}`;
}

/** The names of the options that a config file has set, and nothing else. */
export const configuredNames = (command: Command): string[] =>
  command.options
    .map((option) => option.attributeName())
    .filter((name) => name !== 'config' && command.getOptionValueSource(name) === 'config');

/**
 * The config file of the current folder, if it has one that may be read. A program is run with all its user's rights: not where the
 * folder holds photos or a run, which come from others as often as not. A run that is resumed has its settings.
 */
function found(words: readonly string[], command: Command): string | undefined {
  const [path, other] = FOUND.filter((name) => existsSync(name));
  if (path === undefined || words.some((word) => word.split('=')[0] === '--resume')) return undefined;
  const whose = isWithin(valueOfOption(words, '--data'))
    ? 'the folder of photos'
    : isRun()
      ? 'a run'
      : undefined;
  if (whose !== undefined) {
    console.error(
      `note: ${path} is not read, as it lies in ${whose}; if it is yours, give it as --config ${path}.`,
    );
    return undefined;
  }
  if (other !== undefined) command.error(`error: both ${path} and ${other} are here: remove one of them.`);
  return path;
}

/** Whether the current folder is `folder` or in it. */
const isWithin = (folder: string | undefined): boolean =>
  folder !== undefined && `${process.cwd()}${sep}`.startsWith(`${resolve(folder)}${sep}`);

const isRun = (): boolean => existsSync(runFiles.classes) && existsSync(runFiles.config);

/** The value of an option among words that are not parsed yet. */
function valueOfOption(words: readonly string[], name: string): string | undefined {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const at = own.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = own[at];
  return word === name ? own[at + 1] : word?.slice(name.length + 1);
}

/** Without what only `train` has, where another command finds the same file. */
const forCommand = (command: Command, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([name]) => !(name in runSettings) || command.options.some((option) => option.attributeName() === name),
    ),
  );

/** Sets the options by name, as camelCase (batchSize) or as on the command line (batch-size); null is "none" if an option takes that. */
function setOptions(command: Command, given: Values, fail: (problem: string) => never): void {
  const options = command.options.filter((option) => !NOT_FOR_FILES.has(option.name()));
  const readers = options.map((option): NamedReader => ({
    name: option.attributeName(),
    read: (value) => readOption(option, value),
  }));
  const { values, problems } = readNamed(given, readers);
  const [problem] = problems;
  if (problem) return fail(problemText(problem, 'option'));
  for (const [name, value] of values) command.setOptionValueWithSource(name, value, 'config');
}

async function readModule(path: string, fail: (problem: string) => never): Promise<Values> {
  if (!existsSync(path)) return fail('there is no such file.');
  let value: unknown;
  try {
    value = await loadModule(path);
  } catch (error) {
    return fail(`it cannot be run: ${messageOf(error)}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return withoutUndefined(value);
  return fail('it must export an object with options by name: export default { epochs: 10 }');
}

const withoutUndefined = (values: object): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function readObject(path: string, fail: (problem: string) => never): Values {
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
