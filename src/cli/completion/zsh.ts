// Zsh: a function for each command, in the words of its own `_arguments`.
import { allBelow, quoted, type CompletedCommand, type Words } from './model.ts';

/** The script that `source` reads, or that lies as `_graft` in a folder of $fpath. */
export function zshScript(program: CompletedCommand): string {
  return `#compdef graft
# zsh completion of graft: source <(graft completion zsh)
_graft_runs() {
  local -a runs=(runs/*(/N))
  compadd "$@" -a runs
}
${[program, ...allBelow(program)].map(functionOf).join('\n')}
if [[ $funcstack[1] == _graft ]]; then _graft "$@"; else compdef _graft graft; fi
`;
}

const nameOf = (path: string): string => `_graft${path === '' ? '' : `_${path.replaceAll(/[ -]/g, '_')}`}`;

function functionOf({ path, options, commands, words }: CompletedCommand): string {
  const specs = options.map(({ flag, about, value }) => {
    const what = `${flag}${value ? '=' : ''}[${escaped(about)}]`;
    return quoted(value ? `${what}:${flag.slice(2)}:${actionOf(value)}` : what);
  });
  if (commands.length === 0) {
    const rest = quoted(words ? `*:word:${actionOf(words)}` : '*: : ');
    return `${nameOf(path)}() {\n  _arguments ${[...specs, rest].join(' \\\n    ')}\n}`;
  }
  const names = commands.map(({ name, about }) => quoted(`${name}:${about}`));
  const cases = commands.map((one) => `    ${quoted(one.name)}) ${nameOf(one.path)} ;;`);
  return `${nameOf(path)}() {
  local curcontext="$curcontext" state line
  local -a commands=(
    ${names.join('\n    ')}
  )
  _arguments -C ${[...specs, `'1: :->command'`, `'*:: :->words'`].join(' \\\n    ')}
  case $state in
  command) _describe command commands ;;
  words)
    case $line[1] in
${cases.join('\n')}
    esac ;;
  esac
}`;
}

/** What completes such words; choices stand beside what lies in the folder. The space keeps `_arguments` from adding options of its own. */
function actionOf({ choices, place }: Words): string {
  const places = {
    ...{ file: ['_files'], folder: ['_files -/'], run: ['_graft_runs', '_files -/'] },
    ...{ model: ['_graft_runs', '_files'], none: [] },
  }[place];
  const list = choices.map((choice) => escaped(choice).replaceAll(' ', '\\ ')).join(' ');
  const all = [...(choices.length > 0 ? [`(${list})`] : []), ...places];
  if (all.length <= 1) return all[0] ?? ' ';
  const words = choices.length > 0 ? [`words:word:(${list})`] : [];
  return ` _alternative ${[...words, ...places.map((one, i) => `place${i}:place:${one}`)].map((one) => `"${one}"`).join(' ')}`.replaceAll(
    ':',
    '\\:',
  );
}

/** A text within a spec of `_arguments`, which colons and brackets end. */
const escaped = (text: string): string => text.replaceAll(/[\\:[\]]/g, '\\$&');
