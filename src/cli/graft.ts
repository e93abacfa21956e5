// `graft`: one program, one module per command. Only the module of the command that was called is loaded, as most of
// them bring the engine with them; the list of all commands needs them all.
import type { Command } from 'commander';
import { createProgram, exitCodes } from './command.ts';
import { applyConfigFile } from './config-file.ts';
import { swallowedLine } from './terminal/swallowed.ts';
import { standWhereTheUserIs, typed } from './terminal/invocation.ts';

type AddCommand = (program: Command) => void;

const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  train: async () => (await import('./train.ts')).addTrainCommand,
  evaluate: async () => (await import('./evaluate.ts')).addEvaluateCommand,
  predict: async () => (await import('./predict.ts')).addPredictCommand,
  mistakes: async () => (await import('./mistakes.ts')).addMistakesCommand,
  runs: async () => (await import('./runs.ts')).addRunsCommand,
  compare: async () => (await import('./compare.ts')).addCompareCommand,
  export: async () => (await import('./export.ts')).addExportCommand,
  'scale-out': async () => (await import('./scale-out.ts')).addScaleOutCommand,
  weights: async () => (await import('./weights.ts')).addWeightsCommand,
  'lr-find': async () => (await import('./lr-find.ts')).addLrFindCommand,
  autotune: async () => (await import('./autotune.ts')).addAutotuneCommand,
  kernel: async () => (await import('./kernel.ts')).addKernelCommand,
  doctor: async () => (await import('./doctor.ts')).addDoctorCommand,
  bench: async () => (await import('./bench.ts')).addBenchCommand,
  'first-step': async () => (await import('./bench/first-step-child.ts')).addFirstStepCommand,
  completion: async () => (await import('./completion.ts')).addCompletionCommand,
};
/** Commands that speak of all others. */
const OF_ALL = ['completion'];

/** Commands by the names that they had a version ago. */
const renamed = new Map([['tune', 'autotune']]);

standWhereTheUserIs();
const typedName = process.argv[2] ?? '';
const name = renamed.get(typedName) ?? typedName;
if (name !== typedName) {
  console.error(`note: ${typedName} is now called ${name}: ${typed(name)}`);
  process.argv[2] = name;
}
const program = createProgram();
const asked = Object.hasOwn(commands, name) ? commands[name] : undefined; // not `constructor`, which all objects have
for (const load of asked && !OF_ALL.includes(name) ? [asked] : Object.values(commands))
  (await load())(program);
const command = program.commands.find((one) => one.name() === name);
const meant = command && swallowedLine(command, process.argv.slice(3));
if (meant !== undefined) {
  console.error(
    `error: npm took options for its own, as it does with all before a "--". What works is\n  ${meant}`,
  );
  process.exit(exitCodes.usage);
}
const words = process.argv.slice(3);
if (command) await applyConfigFile(...innermost(command, words));
await program.parseAsync();

/** `weights` and the words after it → `weights convert` and the rest. */
function innermost(command: Command, words: readonly string[]): [command: Command, words: readonly string[]] {
  const inner = command.commands.find((one) => one.name() === words[0]);
  return inner ? innermost(inner, words.slice(1)) : [command, words];
}
