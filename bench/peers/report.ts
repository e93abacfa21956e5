// How results are shown: a Markdown table that is aligned, so that it reads well in a terminal too.
import { time as inUnits } from '../../src/bench/units.ts';
import { ratios, spread, type Spread } from './statistics.ts';

/** One engine at one workload; times in milliseconds. */
export interface Result {
  readonly engine: string;
  /** The first call in its process: what it compiles, it compiles here. Not of whole programs. */
  readonly firstCall?: number;
  /** One time a round. */
  readonly times: readonly number[];
  /** The share of validation photos that its model gets right, one a round. */
  readonly accuracies?: readonly number[];
}

/** A result with its statistics; `ratio` says how many times as long as the first one it takes. */
export interface Summary extends Result {
  readonly time: Spread;
  readonly ratio: Spread;
  readonly accuracy?: Spread;
}

/** Adds statistics, with ratios to the first of `results`. */
export function summarise(results: readonly Result[]): Summary[] {
  const base = results[0]?.times ?? [];
  return results.map((result) => ({
    ...result,
    time: spread(result.times),
    ratio: spread(ratios(result.times, base)),
    ...(result.accuracies && { accuracy: spread(result.accuracies) }),
  }));
}

/** A row an engine; columns that no result has anything for are left out. */
export function table(summaries: readonly Summary[]): string {
  const columns: [heading: string, cell: (summary: Summary) => string][] = [
    ['engine', ({ engine }) => engine],
    ['first call', ({ firstCall }) => (firstCall === undefined ? '' : inUnits(firstCall))],
    ['median', ({ time }) => inUnits(time.median)],
    ['min – max', ({ time }) => `${inUnits(time.min)} – ${inUnits(time.max)}`],
    [`time / ${summaries[0]?.engine}'s`, ({ ratio }) => factor(ratio.median)],
    ['min – max', ({ ratio }) => `${factor(ratio.min)} – ${factor(ratio.max)}`],
    ['accuracy', ({ accuracy }) => (accuracy ? accuracies(accuracy) : '')],
  ];
  const filled = columns
    .map(([heading, cell]) => [heading, ...summaries.map(cell)])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ''))
    .map((column) => {
      const width = Math.max(...column.map(({ length }) => length));
      const [heading = '', ...cells] = column.map((cell) => cell.padEnd(width));
      return [heading, '-'.repeat(width), ...cells];
    });
  const rows = filled[0]?.map((_, row) => filled.map((column) => column[row]).join(' | ')) ?? [];
  return rows.map((row) => `| ${row} |`).join('\n');
}

function factor(ratio: number): string {
  return ratio < 10 ? ratio.toPrecision(2) : String(Math.round(ratio));
}

function accuracies({ min, max }: Spread): string {
  return min === max ? min.toFixed(3) : `${min.toFixed(3)} – ${max.toFixed(3)}`;
}
