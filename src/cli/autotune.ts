// `graft autotune`: measures which algorithms are fastest on this machine's adapter for the convolutions of a network, and keeps
// the answer for all commands. Nothing needs it: without it the algorithms are chosen by a rule.
import { Option, type Command } from 'commander';
import { adapterIdentity, type AdapterIdentity } from '../gpu/index.ts';
import { AutotuneTable } from '../kernels/autotune/table.ts';
import {
  findAutotuned,
  forgetAutotuned,
  keepAutotuned,
  readAutotuned,
} from '../platform/node/autotune-file.ts';
import { defaultNetwork, networkNames } from '../networks/index.ts';
import { statistics, type NetworkUse } from '../train/index.ts';
import { addCommand, exitCodes, FileError, runAndExit, UsageError } from './command.ts';
import { autotuneNetwork } from '../run/autotune.ts';
import type { OpenedGpu } from '../run/host.ts';
import { openGpu } from './device.ts';
import { count, printable } from '../format.ts';
import { heading } from './terminal/format.ts';
import { stopSignal, type StopSignal } from './terminal/interrupt.ts';
import { wholeNumber } from './options.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import { CountDisplay } from './terminal/progress.ts';
import { printTuned, printTotal } from './autotune-report.ts';

interface AutotuneOptions {
  readonly arch: NetworkUse['architecture'];
  readonly batchSize: number;
  readonly size: number;
  readonly tune: string;
  readonly bn: NetworkUse['bn'];
  readonly rounds: number;
  readonly adapter?: string;
  readonly export?: string;
  readonly import?: string;
  readonly clear?: true;
}

/** Adds `graft autotune` to the program. */
export function addAutotuneCommand(program: Command): void {
  addCommand(program, 'autotune', {
    description: 'Measure which algorithms are fastest on this adapter, for all commands to use.',
    examples: [
      '',
      '--tune layer4 --batch-size 64 --size 160',
      '--export my-gpu.json',
      '--import my-gpu.json',
      '--clear',
    ],
    notes: `Each algorithm's result is checked before its time counts. An algorithm replaces the rule's
choice if it is faster by more than the noise. Results hold for these sizes only, on this
adapter with this driver. Run nothing else in the meantime.`,
  })
    .optionsGroup('Measure what a network does:')
    .addOption(new Option('--arch <name>', 'the network').choices(networkNames).default(defaultNetwork))
    .option('--batch-size <n>', 'photos that go through together', wholeNumber(1, 65536), 32)
    .option('--size <pixels>', 'height and width that the network sees', wholeNumber(16, 1024), 160)
    .option('--tune <parts>', 'what is trained: head, layer4, all, or names', 'all')
    .addOption(
      new Option('--bn <statistics>', 'what frozen batch norm normalises by')
        .choices(statistics)
        .default('running'),
    )
    .option('--rounds <n>', 'how often each algorithm is timed', wholeNumber(3, 1000), 7)
    .option('--adapter <name>', 'gpu, lavapipe, swiftshader or part of a name (default: the best)')
    .optionsGroup('Keep, without measuring:')
    .option('--export <file>', 'write what was measured on this adapter to a file')
    .option('--import <file>', 'use what such a file says')
    .option('--clear', 'forget what was measured on this adapter')
    .action((options: AutotuneOptions) => {
      const stop = stopSignal();
      return runAndExit(() => run(options, stop), { stop: stop.readerGone });
    });
}

async function run(options: AutotuneOptions, stop: StopSignal): Promise<number> {
  const actions = [options.export, options.import, options.clear].filter((given) => given !== undefined);
  if (actions.length > 1)
    throw new UsageError('--export, --import and --clear exclude each other: give only one.');
  const opened = await openGpu(options.adapter);
  const adapter = adapterIdentity(opened.gpu.device.adapterInfo);
  if (options.clear) return clear(adapter);
  if (options.export !== undefined) return exportTo(options.export, adapter);
  if (options.import !== undefined) return importFrom(options.import, adapter);
  return measure(opened, adapter, options, stop);
}

async function measure(
  { gpu, name }: OpenedGpu,
  adapter: AdapterIdentity,
  { arch: architecture, ...use }: AutotuneOptions,
  stop: StopSignal,
): Promise<number> {
  const { signal } = stop;
  const progress = new CountDisplay('Measuring, problem');
  stop.onStop = () => progress.clear();
  const table = (await known(adapter))?.table ?? new AutotuneTable(adapter);
  let counts: ReadonlyMap<string, number> = new Map();
  const results = await autotuneNetwork(
    gpu,
    table,
    { architecture, ...use },
    {
      signal,
      onProblems(found) {
        counts = found;
        heading('device', name);
        heading(
          'problems',
          `${counts.size}, of ${architecture} on ${use.batchSize} photos of ${use.size} px`,
        );
      },
      onProblem: (number) => progress.update(number, counts.size),
      onResult(result, times) {
        progress.clear();
        printTuned(result, times);
      },
    },
  ).finally(() => progress.clear());
  if (results.length > 0) {
    printTotal(results, counts);
    await keep(table);
  }
  return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

async function exportTo(path: string, adapter: AdapterIdentity): Promise<number> {
  const found = await known(adapter);
  if (!found)
    throw new FileError('Nothing was measured on this adapter yet.', 'Run this without --export first.');
  const bytes = new TextEncoder().encode(found.table.toString());
  await checkOutput(path, found.path, bytes.length);
  await writeOutput(path, bytes);
  console.log(`Wrote ${printable(path)}: ${problems(found.table.size)}.`);
  return exitCodes.done;
}

async function importFrom(path: string, adapter: AdapterIdentity): Promise<number> {
  let imported: AutotuneTable;
  try {
    imported = await readAutotuned(path, adapter);
  } catch (error) {
    throw new FileError(error instanceof Error ? error.message : String(error));
  }
  const table = (await known(adapter))?.table ?? new AutotuneTable(adapter);
  table.merge(imported);
  console.log(`Imported ${problems(imported.size)}.`);
  await keep(table);
  return exitCodes.done;
}

async function clear(adapter: AdapterIdentity): Promise<number> {
  const removed = await forgetAutotuned(adapter);
  for (const path of removed) console.log(`Removed ${printable(path)}.`);
  if (removed.length === 0) console.log('Nothing was measured on this adapter.');
  return exitCodes.done;
}

/** What the cache holds; an unusable file was reported when the device was opened, and is overwritten. */
const known = (adapter: AdapterIdentity) => findAutotuned(adapter).catch(() => undefined);

async function keep(table: AutotuneTable): Promise<void> {
  try {
    const path = await keepAutotuned(table);
    heading('kept', `${printable(path)}, for all commands from now on`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileError(`The measurements cannot be saved: ${reason}`, 'Set $GRAFT_CACHE to another folder.');
  }
}

const problems = (n: number): string => `${count(n)} ${n === 1 ? 'problem' : 'problems'}`;
