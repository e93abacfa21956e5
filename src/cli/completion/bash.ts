// Bash, from version 3.2, which macOS has. Names of files and runs are strangers' words: they are compared and never expanded, as
// `compgen -W` would.
import { allBelow, quoted, type CompletedCommand, type Words } from './model.ts';

const HELPERS = `_graft_words() {
  local word
  for word in "$@"; do [[ $word == "$cur"* ]] && COMPREPLY+=("$word"); done
}
_graft_runs() {
  local run
  for run in runs/*/; do [[ -d $run && $run == "$cur"* ]] && COMPREPLY+=("\${run%/}"); done
}
_graft_paths() {
  local path IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  for path in $(compgen "$1" -- "$cur"); do COMPREPLY+=("$path"); done
}`;

/** The script that `source` reads. */
export function bashScript(program: CompletedCommand): string {
  const all = [program, ...allBelow(program)];
  const steps = allBelow(program).map(({ path }) => quoted(path.includes(' ') ? path : ` ${path}`));
  const values = all.flatMap(({ path, options }) =>
    options.flatMap(({ flag, value }) =>
      value ? [`    ${quoted(`${path} ${flag}`)}) ${calls(value)}; return ;;`] : [],
    ),
  );
  const flags = all.map(({ path, options }) =>
    line(
      path,
      options.map(({ flag }) => flag),
    ),
  );
  const words = all.map(({ path, commands, words: own }) =>
    commands.length > 0
      ? line(
          path,
          commands.map(({ name }) => name),
        )
      : `    ${quoted(path)}) ${own ? calls(own) : ':'} ;;`,
  );
  return `# bash completion of graft: source <(graft completion bash)
${HELPERS}
_graft() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' i
  COMPREPLY=()
  # Bash takes the = of --option=value for a word.
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
      ${steps.join(' | ')}) command="\${command:+$command }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command $prev" in
${values.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$command" in
${flags.join('\n')}
    esac
    return
  fi
  case "$command" in
${words.join('\n')}
  esac
}
complete -F _graft graft
`;
}

const line = (path: string, words: readonly string[]): string =>
  `    ${quoted(path)}) _graft_words ${words.map(quoted).join(' ')} ;;`;

/** What adds the words to the answer. */
function calls({ choices, place }: Words): string {
  const parts = [
    ...(choices.length > 0 ? [`_graft_words ${choices.map(quoted).join(' ')}`] : []),
    ...(place === 'run' || place === 'model' ? ['_graft_runs'] : []),
    ...(place === 'file' || place === 'model' ? ['_graft_paths -f'] : []),
    ...(place === 'run' ? ['((${#COMPREPLY[@]})) || _graft_paths -d'] : []), // it may lie elsewhere
    ...(place === 'folder' ? ['_graft_paths -d'] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : ':';
}
