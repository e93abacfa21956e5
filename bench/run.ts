// `npm run bench`: what this adapter can do at best, what each kernel makes of it, and what a step of training costs. Rows are shown
// as they are measured; a run that is stopped keeps what it has.
import { readFile } from 'node:fs/promises';
import { exitCodes, FileError, runAndExit } from '../src/cli/command.ts';
import { stopSignal } from '../src/cli/terminal/interrupt.ts';
import { checkRoom } from '../src/platform/node/output-file.ts';
import { Gpu } from '../src/gpu/index.ts';
import { writeAtomic } from '../src/platform/node/files.ts';
import { createGpu, openAdapter } from '../src/platform/node/index.ts';
import { idOf, type Row } from './benchmark.ts';
import { catalogue } from './catalogue.ts';
import { ceilingBenchmarks, ceilingsFrom } from './ceilings.ts';
import { circumstances } from './circumstances.ts';
import { compareResults } from './compare.ts';
import { measureGroup, type MeasureOptions } from './measure.ts';
import { benchCommand, type BenchOptions } from './options.ts';
import { renderPage } from './output/html/page.ts';
import { climbLines, isClimb } from './output/climb.ts';
import { decodeResults, encodeResults, type Results } from './output/results.ts';
import { tableFor } from './output/table.ts';
import { comparisonLines, driftLines, headLines, notesOn } from './output/terminal.ts';
import { groupsOf, planGroups, secondsForFirst, sizesFor } from './plan.ts';

/** What the files may take at most, in bytes. */
const MOST_OUTPUT = 4e6;

benchCommand()
  .action((names: string[], options: BenchOptions) => runAndExit(() => bench(names, options)))
  .parse();

async function bench(names: readonly string[], options: BenchOptions): Promise<number> {
  const before = options.compare === undefined ? undefined : await readResults(options.compare);
  for (const path of [options.json, options.html]) if (path !== undefined) await checkRoom(path, MOST_OUTPUT);
  const opened = await openAdapter(options.adapter === undefined ? {} : { want: options.adapter });
  const gpu = await createGpu(opened);
  const all = catalogue(gpu, { ...sizesFor(options), allVariants: options.allVariants ?? false });
  const groups = planGroups(all, names, options);
  if (options.list) {
    print(groups.flat().map(idOf));
    return exitCodes.done;
  }
  const { signal } = stopSignal();
  const where = circumstances(opened);
  print(headLines(where));
  const results = { ...where, ...(await measure(gpu, groups, options, signal)) };
  print(driftLines(results));
  const against = before && { before, comparison: compareResults(before, results, options.by) };
  if (against) print(comparisonLines(against.comparison, against.before, results));
  if (options.json !== undefined) await writeText(options.json, encodeResults(results));
  if (options.html !== undefined) await writeText(options.html, renderPage(results, against));
  return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

/** Measures and prints everything: the ceilings first, the groups, and the ceilings again where there is time for them. */
async function measure(
  gpu: Gpu,
  groups: ReturnType<typeof planGroups>,
  { quick, rounds = quick ? 3 : 9, seconds = quick ? 30 : 240 }: BenchOptions,
  signal: AbortSignal,
): Promise<Pick<Results, 'ceilings' | 'ceilingsAfter' | 'rows'>> {
  const end = performance.now() + seconds * 1000;
  const options: MeasureOptions = {
    rounds,
    leastRounds: Math.min(rounds, quick ? 2 : 4),
    minMilliseconds: quick ? 3 : 20,
    deadline: Infinity, // without its ceilings a run says little: they take the time that they take
  };
  const table = tableFor(process.stdout.columns);
  print([table.head()]);
  const rows: Row[] = [];
  for (const group of groupsOf(ceilingBenchmarks(gpu, quick))) {
    const measured = await measureGroup(gpu, group, options);
    print(measured.map((row) => table.row(row)));
    rows.push(...measured);
  }
  const ceilings = ceilingsFrom(rows);
  const yardsticks = { wall: ceilings, ...(gpu.software && { cpu: ceilingsFrom(rows, 'cpu') }) };
  for (const [i, group] of groups.entries()) {
    if (signal.aborted) break;
    const left = (end - performance.now()) / 1000;
    const deadline = performance.now() + secondsForFirst(groups.slice(i), left) * 1000;
    const measured = await measureGroup(gpu, group, { ...options, deadline, signal });
    if (isClimb(measured)) print(climbLines(measured, ceilings));
    else print([...measured.map((row) => table.row(row, yardsticks)), ...notesOn(measured)]);
    rows.push(...measured);
  }
  if (signal.aborted || quick) return { ceilings, rows };
  const [rates = []] = groupsOf(ceilingBenchmarks(gpu));
  return { ceilings, ceilingsAfter: ceilingsFrom(await measureGroup(gpu, rates, options)), rows };
}

async function readResults(path: string): Promise<Results> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new FileError(`--compare: ${error instanceof Error ? error.message : String(error)}`);
  }
  return decodeResults(text, path);
}

const writeText = (path: string, text: string) => writeAtomic(path, new TextEncoder().encode(text));

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
