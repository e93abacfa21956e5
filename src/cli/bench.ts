// `graft bench`: what this adapter can do at best, what each kernel makes of it, and what a step of training costs. Rows are shown
// as they are measured; a run that is stopped keeps what it has.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { exitCodes, FileError, runAndExit, UsageError } from './command.ts';
import { typed } from './terminal/invocation.ts';
import { stopSignal } from './terminal/interrupt.ts';
import { checkRoom } from '../platform/node/output-file.ts';
import { Gpu } from '../gpu/index.ts';
import { writeAtomic } from '../platform/node/files.ts';
import { askExperimental, createGpu, openAdapter } from '../platform/node/index.ts';
import { idOf } from '../bench/benchmark.ts';
import { compareResults } from '../bench/compare.ts';
import { BenchError } from '../bench/errors.ts';
import { planGroups, sizesFor } from '../bench/plan.ts';
import { REPORT_SECONDS } from '../bench/report.ts';
import { decodeResults, encodeResults, type Results } from '../bench/results.ts';
import { measureSession } from '../bench/session.ts';
import { terminalCatalogue } from './bench/catalogue.ts';
import { circumstances } from './bench/circumstances.ts';
import { benchCommand, type BenchOptions } from './bench/options.ts';
import { lostLines, openReport, reportFields, sentLines, torchLines } from './bench/report.ts';
import { renderPage } from './bench/output/html/page.ts';
import { climbLines, isClimb } from './bench/output/climb.ts';
import { tableFor } from './bench/output/table.ts';
import { comparisonLines, driftLines, headLines, notesOn } from './bench/output/terminal.ts';

/** What the files may take at most, in bytes. */
const MOST_OUTPUT = 4e6;

/** Adds `graft bench` to the program. */
export function addBenchCommand(program: Command): void {
  benchCommand(program).action((names: string[], options: BenchOptions) =>
    runAndExit(() => bench(names, options).catch(withRemedy)),
  );
}

async function bench(names: readonly string[], options: BenchOptions): Promise<number> {
  const before = options.compare === undefined ? undefined : await readResults(options.compare);
  for (const path of [options.json, options.html, options.report])
    if (path !== undefined) await checkRoom(path, MOST_OUTPUT);
  const opened = await openAdapter(options.adapter === undefined ? {} : { want: options.adapter });
  const gpu = await createGpu(opened);
  const report = options.report === undefined ? undefined : await openReport(gpu, options);
  const all =
    report?.benchmarks ??
    terminalCatalogue(
      gpu,
      { ...sizesFor(options), allVariants: options.allVariants ?? false },
      options.adapter,
    );
  const groups = planGroups(all, names, options);
  if (options.list) {
    print(groups.flat().map(idOf));
    return exitCodes.done;
  }
  const { signal } = stopSignal();
  const where = circumstances(opened, report && (await askExperimental(options.adapter)));
  const { columns } = process.stdout;
  print([...headLines(where, columns), ...(report ? report.lines(columns) : [])]);
  const measured = await measure(gpu, groups, options, signal);
  const isWhole = names.length === 0 && !signal.aborted;
  const results: Results = {
    ...{ ...where, ...(report && reportFields(report, options, isWhole)) },
    ...measured,
  };
  print(driftLines(results, columns));
  const against = before && { before, comparison: compareResults(before, results, options.by) };
  if (against) print(comparisonLines(against.comparison, against.before, results, process.stdout.columns));
  if (options.json !== undefined) await writeText(options.json, encodeResults(results));
  if (options.html !== undefined) await writeText(options.html, renderPage(results, against));
  if (options.report !== undefined) {
    const text = encodeResults(results);
    await writeText(options.report, text);
    print(sentLines(options.report, text, results, columns));
  }
  return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

/** Measures everything, and prints it as it comes. */
function measure(
  gpu: Gpu,
  groups: ReturnType<typeof planGroups>,
  { quick, rounds, seconds, report }: BenchOptions,
  signal: AbortSignal,
): ReturnType<typeof measureSession> {
  const { columns } = process.stdout;
  const table = tableFor(columns);
  print(table.head());
  const time = seconds ?? (report === undefined || quick ? undefined : REPORT_SECONDS);
  const limits = { ...(rounds !== undefined && { rounds }), ...(time !== undefined && { seconds: time }) };
  const lenient = report !== undefined;
  const options = { ...{ quick: quick ?? false, lenient }, ...limits, clocks: { processorTime }, signal };
  return measureSession(gpu, groups, options, {
    onGroup(rows, yardsticks) {
      if (yardsticks && isClimb(rows)) print(climbLines(rows, yardsticks.wall, columns));
      else
        print([
          ...rows.flatMap((row) => table.row(row, yardsticks)),
          ...[...notesOn(rows, columns), ...torchLines(rows, columns)],
        ]);
    },
    onLost: ({ row }, message) => print(lostLines(row, message, columns)),
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
    throw new FileError(message, `Give a file that ${typed('bench')} --json FILE has written.`);
  throw new UsageError(message, hint && `${hint}\n${typed('bench')} --list shows all rows.`);
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
