// What a shell can complete, read off the commands themselves: a command or option that is added is completed without a line here. What
// follows an option is told by the word that stands for it in the help (`<dir>`, `<file>`, `<run>`), or by its choices.
import type { Argument, Command, Option } from 'commander';
import { operations } from '../../run/kernels/index.ts';
import { catalogue } from '../../weights/index.ts';

/** What a word may be: one of these, and what lies in the current folder. */
export interface Words {
  readonly choices: readonly string[];
  /** `model` is a run or a file, `none` is for numbers and names. */
  readonly place: 'file' | 'folder' | 'run' | 'model' | 'none';
}

export interface CompletedOption {
  /** `--data`, for example. */
  readonly flag: string;
  readonly about: string;
  /** Undefined for one that is on or off. */
  readonly value: Words | undefined;
}

export interface CompletedCommand {
  /** "weights download", the program's own name left out. */
  readonly path: string;
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  /** What may stand where no option does; undefined for nothing. */
  readonly words: Words | undefined;
  readonly commands: readonly CompletedCommand[];
}

const places: Readonly<Record<string, Words['place']>> = {
  ...{ dir: 'folder', file: 'file', photos: 'file', in: 'file', out: 'file' },
  ...{ run: 'run', first: 'run', second: 'run', path: 'model', model: 'model' },
};

/** Names that readers of options know and that are no choices, as they take other words too. */
const networks = catalogue.map(({ name }) => name);
const known: Readonly<Record<string, readonly string[]>> = {
  '--weights': networks,
  'weights download': networks,
  kernel: operations.map(({ name }) => name),
};

/** The command with all below it. */
export function completed(command: Command, path = ''): CompletedCommand {
  const below = command.createHelp().visibleCommands(command);
  const pathOf = (name: string) => `${path} ${name}`.trim();
  return {
    ...{ path, name: command.name(), about: firstSentence(command.description()) },
    options: command.options.filter(({ hidden }) => !hidden).map(optionOf),
    words: wordsFor(command.registeredArguments[0], known[path]),
    commands: below.map((one) => completed(one, pathOf(one.name()))),
  };
}

function optionOf(option: Option): CompletedOption {
  const { long, flags, argChoices, description } = option;
  const placeholder = /[<[](\w+)/.exec(flags)?.[1];
  const flag = long ?? flags;
  const value =
    option.isBoolean() || placeholder === undefined
      ? undefined
      : wordsOf(placeholder, argChoices ?? known[flag]);
  return { flag, about: description, value };
}

const wordsFor = (argument: Argument | undefined, names: readonly string[] | undefined): Words | undefined =>
  argument && wordsOf(argument.name(), argument.argChoices ?? names);

const wordsOf = (placeholder: string, choices: readonly string[] = []): Words => ({
  ...{ choices, place: places[placeholder] ?? 'none' },
});

/** All commands below one, with those below them. */
export const allBelow = ({ commands }: CompletedCommand): readonly CompletedCommand[] =>
  commands.flatMap((one) => [one, ...allBelow(one)]);

const firstSentence = (text: string): string => text.replace(/\.$/, '');

/** A text as a shell reads it between single quotes. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
