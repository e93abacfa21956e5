// `graft scale-out`: a run as a PyTorch program that any number of machines train, whose result graft's commands read.
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { plural, printable } from '../format.ts';
import { checkRoom, writeOutput } from '../platform/node/output-file.ts';
import { scaleOut } from '../run/scale-out/scale-out.ts';
import { settingOf, type TrainConfig } from '../train/index.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { chosenModel } from './model-choice.ts';
import { shellWord } from './terminal/format.ts';
import { typed } from './terminal/invocation.ts';
import { TrainDisplay } from './train/display.ts';
import { settingOption } from './train/options.ts';
import { withPaths } from './train/paths.ts';

/** What of a run may lie elsewhere now. */
const MOVABLE = ['data', 'labels', 'weights'] as const;

type Options = Partial<Pick<TrainConfig, (typeof MOVABLE)[number]>> & { readonly output: string };

/** Adds `graft scale-out` to the program. */
export function addScaleOutCommand(program: Command): void {
  const command = addCommand(program, 'scale-out', {
    description: 'Write a PyTorch program of a run, for more processes and machines than one.',
    examples: ['runs/photos --output cluster', '--output cluster --data /mnt/photos'],
    notes: `The folder then holds scale_out.py, start.safetensors and photos.json. torchrun starts the
program on any number of machines, python3 on one; docs/scale-out.md walks through it. Its
result is a model for the other commands: --model cluster/result/best.safetensors`,
  })
    .argument('[run]', "a run's folder (default: the newest run)")
    .requiredOption('--output <dir>', 'the folder to write');
  for (const name of MOVABLE)
    command.addOption(settingOption(name, { ...settingOf(name), help: HELP[name] }));
  command.action((run: string | undefined, options: Options) => runAndExit(() => writeProgram(run, options)));
}

const HELP = {
  data: "where the run's photos are now, if they have moved",
  labels: 'where their CSV file of classes is now',
  weights: 'where the weights are now that the run began with',
} as const satisfies Record<(typeof MOVABLE)[number], string>;

async function writeProgram(named: string | undefined, { output, ...moved }: Options): Promise<number> {
  const host = commandHost();
  const run = await chosenModel(host, named, console.log);
  await checkRoom(join(output, 'scale_out.py'), 100e6);
  const display = new TrainDisplay();
  const { signal } = new AbortController();
  const { photos } = await scaleOut(
    host,
    { run, given: withPaths(moved), place: resolve },
    ({ name, bytes }) => writeOutput(join(output, name), bytes),
    { tell: (event) => display.show(event), signal },
  ).finally(() => display.clear());
  const program = printable(shellWord(join(output, 'scale_out.py')));
  const model = printable(shellWord(join(output, 'result', 'best.safetensors')));
  console.log(`Wrote ${program} and its files: ${printable(run)}, ${plural(photos, 'photo')}. Train with
  python3 ${program}
  torchrun --nproc_per_node 8 ${program}
and use what comes of it with
  ${typed('evaluate')} --model ${model} --data PHOTOS`);
  return exitCodes.done;
}
