// `graft`: one program, one module a command. Only the module of the command that was asked for is loaded, as most of
// them bring the engine with them; the list of all commands needs them all.
import type { Command } from 'commander';
import { createProgram } from './command.ts';
import { standWhereTheUserIs } from './terminal/invocation.ts';

type AddCommand = (program: Command) => void;

const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  train: async () => (await import('./train.ts')).addTrainCommand,
  evaluate: async () => (await import('./evaluate.ts')).addEvaluateCommand,
  predict: async () => (await import('./predict.ts')).addPredictCommand,
  export: async () => (await import('./export.ts')).addExportCommand,
  weights: async () => (await import('./weights.ts')).addWeightsCommand,
  'lr-find': async () => (await import('./lr-find.ts')).addLrFindCommand,
  tune: async () => (await import('./tune.ts')).addTuneCommand,
  doctor: async () => (await import('./doctor.ts')).addDoctorCommand,
};

standWhereTheUserIs();
const program = createProgram();
const asked = commands[process.argv[2] ?? ''];
for (const load of asked ? [asked] : Object.values(commands)) (await load())(program);
await program.parseAsync();
