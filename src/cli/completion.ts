// `graft completion`: a script by which a shell completes commands, options and what follows them. It holds all that there is to
// complete, so that a Tab starts no process; the names of runs it looks up in runs/.
import { Argument, type Command } from 'commander';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { completed } from './completion/model.ts';
import { zshScript } from './completion/zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Adds `graft completion` to the program, which has to have all other commands when it is called. */
export function addCompletionCommand(program: Command): void {
  addCommand(program, 'completion', {
    description: 'Print a script that lets a shell complete the words of graft.',
    examples: ['bash', 'zsh', 'fish'],
    notes: `Bash: add  source <(graft completion bash)  to ~/.bashrc
Zsh:  add  source <(graft completion zsh)  to ~/.zshrc, after compinit
Fish: graft completion fish > ~/.config/fish/completions/graft.fish
It completes the command graft, which has to be on the PATH.`,
  })
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) =>
      runAndExit(async () => {
        process.stdout.write(scripts[shell](completed(program)));
        return exitCodes.done;
      }),
    );
}
