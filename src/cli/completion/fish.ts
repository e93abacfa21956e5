// Fish: a line for each command and option, with the condition under which it holds.
import { allBelow, type CompletedCommand, type Words } from './model.ts';

/** The script that `source` reads. */
export function fishScript(program: CompletedCommand): string {
  return `# fish completion of graft: graft completion fish | source
function __graft_runs
  for run in runs/*/
    string trim --right --chars=/ -- $run
  end
end
complete -c graft -f
${[program, ...allBelow(program)].flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, words }: CompletedCommand): string[] {
  const names = commands.map(({ name }) => name).join(' ');
  const here = path === '' ? [] : path.split(' ').map((name) => `__fish_seen_subcommand_from ${name}`);
  const before = names === '' ? here : [...here, `not __fish_seen_subcommand_from ${names}`];
  const at = (conditions: readonly string[]) =>
    `complete -c graft${conditions.length > 0 ? ` -n ${word(conditions.join('; and '))}` : ''}`;
  return [
    ...commands.map(({ name, about }) => `${at(before)} -a ${word(name)} -d ${word(about)}`),
    ...options.map(
      ({ flag, about, value }) =>
        `${at(path === '' ? before : here)} -l ${flag.slice(2)} -d ${word(about)}${value ? ` ${valueOf(value)}` : ''}`,
    ),
    ...(words
      ? [`${at(here)} ${valueOf(words).replace(/^-[xr] ?/, words.place === 'none' ? '' : '-F ')}`]
      : []),
  ];
}

/** What an option takes: files are fish's own way, folders and runs are asked for. */
function valueOf({ choices, place }: Words): string {
  const lists = [
    ...choices.map((choice) => choice.replaceAll(' ', '\\ ')),
    ...(place === 'run' || place === 'model' ? ['(__graft_runs)'] : []),
    ...(place === 'folder' || place === 'run' ? ['(__fish_complete_directories)'] : []),
  ];
  const list = lists.length > 0 ? ` -a ${word(lists.join(' '))}` : '';
  return place === 'file' || place === 'model' ? `-r -F${list}` : `-x${list}`;
}

/** A text as fish reads it between single quotes. */
const word = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
