// `npm run bench`: what this adapter can do at best, what each kernel makes of it, and what a step of training costs.
import { Gpu } from '../src/gpu/index.ts';
import { createScript, exitCodes, runAndExit } from '../src/cli/command.ts';
import { positiveNumber, wholeNumber } from '../src/cli/options.ts';
import { openAdapter, requestDevice, waiterFor } from '../src/platform/node.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { ceilingBenchmarks, ceilingsFrom } from './ceilings.ts';
import { matching } from './filter.ts';
import { catalogue } from './catalogue.ts';
import { measureGroup } from './measure.ts';
import { tableHead, tableRow } from './output/table.ts';

interface Options {
  readonly filter?: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly batch: number;
  readonly size: number;
  readonly allVariants?: true;
  readonly adapter?: string;
}

createScript('bench', 'Measure this adapter, every kernel and the network.')
  .argument('[names...]', 'rows whose name contains one of these')
  .option('--filter <text>', 'of these only rows that contain this too')
  .option('--rounds <n>', 'samples a row', wholeNumber(1), 9)
  .option('--seconds <n>', 'how long all of it may take', positiveNumber, 240)
  .option('--batch <images>', 'images a batch', wholeNumber(1), 8)
  .option('--size <px>', 'side of the images', wholeNumber(32), 128)
  .option('--all-variants', 'every convolution kernel that the adapter can run')
  .option('--adapter <name>', 'gpu, lavapipe, swiftshader or a part of a name')
  .action((names: string[], options: Options) => runAndExit(() => bench(names, options)))
  .parse();

async function bench(names: readonly string[], options: Options): Promise<number> {
  const { rounds, batch, size, allVariants = false } = options;
  const { adapter, choice } = await openAdapter(
    options.adapter === undefined ? {} : { want: options.adapter },
  );
  const gpu = new Gpu(await requestDevice(adapter), { wait: waiterFor(choice) });
  const chosen = matching(
    catalogue(gpu, { kernels: { batch, size }, networks: [{ batch, size }], allVariants }),
    names,
    options.filter,
  );
  const settings = { rounds, leastRounds: 3, minMilliseconds: 20 };
  console.log(`${adapter.info.device || adapter.info.description} (${choice.kind})`);
  console.log(tableHead());
  const rows: Row[] = [];
  let ceilings;
  for (const group of groupsOf([...ceilingBenchmarks(gpu), ...chosen])) {
    if (!group[0]?.operation.startsWith('ceiling')) ceilings ??= ceilingsFrom(rows);
    const measured = await measureGroup(gpu, group, { ...settings, deadline: Infinity });
    for (const row of measured) console.log(tableRow(row, ceilings));
    rows.push(...measured);
  }
  return exitCodes.done;
}

function groupsOf(benchmarks: readonly Benchmark[]): Benchmark[][] {
  const groups = new Map<string, Benchmark[]>();
  for (const benchmark of benchmarks) {
    const group = groups.get(benchmark.group) ?? [];
    groups.set(benchmark.group, [...group, benchmark]);
  }
  return [...groups.values()];
}
