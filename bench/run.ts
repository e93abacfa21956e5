// `npm run bench`: what this adapter can do at best, what each kernel makes of it, and what a step of training costs. Rows are shown
// as they are measured; a run that is stopped keeps what it has.
import { readFile } from 'node:fs/promises';
import { exitCodes, FileError, runAndExit, UsageError } from '../src/cli/command.ts';
import { stopSignal } from '../src/cli/terminal/interrupt.ts';
import { checkRoom } from '../src/platform/node/output-file.ts';
import { Gpu } from '../src/gpu/index.ts';
import { writeAtomic } from '../src/platform/node/files.ts';
import { createGpu, openAdapter } from '../src/platform/node/index.ts';
import { idOf } from '../src/bench/benchmark.ts';
import { compareResults } from '../src/bench/compare.ts';
import { BenchError } from '../src/bench/errors.ts';
import { planGroups, sizesFor } from '../src/bench/plan.ts';
import { decodeResults, encodeResults, type Results } from '../src/bench/results.ts';
import { measureSession } from '../src/bench/session.ts';
import { terminalCatalogue } from './catalogue.ts';
import { circumstances } from './circumstances.ts';
import { benchCommand, type BenchOptions } from './options.ts';
import { renderPage } from './output/html/page.ts';
import { climbLines, isClimb } from './output/climb.ts';
import { tableFor } from './output/table.ts';
import { comparisonLines, driftLines, headLines, notesOn } from './output/terminal.ts';

/** What the files may take at most, in bytes. */
const MOST_OUTPUT = 4e6;

benchCommand()
  .action((names: string[], options: BenchOptions) =>
    runAndExit(() => bench(names, options).catch(withRemedy)),
  )
  .parse();

async function bench(names: readonly string[], options: BenchOptions): Promise<number> {
  const before = options.compare === undefined ? undefined : await readResults(options.compare);
  for (const path of [options.json, options.html]) if (path !== undefined) await checkRoom(path, MOST_OUTPUT);
  const opened = await openAdapter(options.adapter === undefined ? {} : { want: options.adapter });
  const gpu = await createGpu(opened);
  const all = terminalCatalogue(gpu, { ...sizesFor(options), allVariants: options.allVariants ?? false });
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

/** Measures everything, and prints it as it comes. */
function measure(
  gpu: Gpu,
  groups: ReturnType<typeof planGroups>,
  { quick, rounds, seconds }: BenchOptions,
  signal: AbortSignal,
): ReturnType<typeof measureSession> {
  const table = tableFor(process.stdout.columns);
  print([table.head()]);
  const limits = { ...(rounds !== undefined && { rounds }), ...(seconds !== undefined && { seconds }) };
  const options = { quick: quick ?? false, ...limits, clocks: { processorTime }, signal };
  return measureSession(gpu, groups, options, {
    onGroup(rows, yardsticks) {
      if (yardsticks && isClimb(rows)) print(climbLines(rows, yardsticks.wall));
      else print([...rows.map((row) => table.row(row, yardsticks)), ...notesOn(rows)]);
    },
  });
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Says what to do in a terminal about what the neutral part found wrong. */
function withRemedy(error: unknown): never {
  if (!(error instanceof BenchError)) throw error;
  const { message, hint } = error;
  if (error.problem === 'no-results')
    throw new FileError(message, 'Give a file that npm run bench -- --json FILE has written.');
  throw new UsageError(message, hint && `${hint}\nnpm run bench -- --list shows all rows.`);
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
