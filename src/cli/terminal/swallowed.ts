// `npm run train --data photos`: without a `--` before them npm takes options for its own, and passes on only the words between them.
// What it took stands in its environment, from which the line that was meant can be told.
import type { Command, Option } from 'commander';
import { shellWord } from './format.ts';
import { isScript, typed } from './invocation.ts';

/** npm has an option of this name and always a value for it. */
const NPM_OWN = new Set(['cache']);

/** The line that the user meant, where npm has swallowed options of this command; undefined where it has not. */
export function swallowedLine(
  command: Command,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (!isScript) return undefined;
  const taken = command.options.flatMap((option) => {
    const value = env[`npm_config_${option.name().replaceAll('-', '_')}`] ?? '';
    return value === '' || NPM_OWN.has(option.name()) ? [] : [{ option, value }];
  });
  if (taken.length === 0) return undefined;
  const rest = [...words];
  // The order is lost: numbers and choices tell themselves where they belong, and of the rest the first word is the first option's.
  const choosy = [...taken].sort((a, b) => choosiness(b.option) - choosiness(a.option));
  const given = new Map(choosy.map(({ option, value }) => [option, valueFor(option, value, rest)]));
  const flags = taken.flatMap(({ option }) => {
    const value = given.get(option);
    return value === undefined ? [option.long ?? ''] : [option.long ?? '', value];
  });
  return [typed(command.name()), ...flags, ...rest.map(shellWord)].join(' ');
}

/** What belongs behind an option, as a shell reads it; takes it from the words where npm has passed it on as one. */
function valueFor(option: Option, value: string, words: string[]): string | undefined {
  if (option.isBoolean()) return undefined;
  if (value !== 'true') return shellWord(value); // --epochs=3
  const index = words.findIndex((word) => !word.startsWith('-') && accepts(option, word));
  return index < 0 ? option.flags.replace(/^.*?(?=<)/, '') : shellWord(words.splice(index, 1)[0] ?? '');
}

const choosiness = (option: Option): number => (option.argChoices ? 2 : option.parseArg ? 1 : 0);

function accepts(option: Option, word: string): boolean {
  if (option.argChoices) return option.argChoices.includes(word);
  try {
    option.parseArg?.(word, undefined);
    return true;
  } catch {
    return false;
  }
}
