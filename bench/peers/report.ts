// Statistics over alternating rounds, and how they are shown. A ratio is taken within each round, between turns that
// follow each other at once, so that a machine that slows down during the run does not favour anyone.

/** The middle and the ends of repeated measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One engine on one workload; times in milliseconds. */
export interface Result {
  readonly engine: string;
  readonly workload: string;
  /** The first call in its process: what it compiles, it compiles here. */
  readonly firstCall: number;
  /** One time a round. */
  readonly times: readonly number[];
}

/** A result with its statistics; `ratio` says how many times as long as the base it takes. */
export interface Summary extends Result {
  readonly time: Spread;
  readonly ratio?: Spread;
}

/** Median, least and greatest of a list; throws `RangeError` for an empty one. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const [below, above] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (min === undefined || max === undefined || below === undefined || above === undefined) {
    throw new RangeError('Nothing was measured.');
  }
  return { median: (below + above) / 2, min, max };
}

/** Adds statistics, with ratios to the engine `base` on the same workload where it took part. */
export function summarise(results: readonly Result[], base: string): Summary[] {
  return results.map((result) => {
    const reference = results.find(({ engine, workload }) => engine === base && workload === result.workload);
    const time = spread(result.times);
    if (!reference) return { ...result, time };
    const ratios = result.times.map((ms, round) => ms / (reference.times[round] ?? NaN));
    return { ...result, time, ratio: spread(ratios) };
  });
}

/** A Markdown table that is aligned, so that it reads well in a terminal too. */
export function table(summaries: readonly Summary[], base: string): string {
  const rows = [
    ['workload', 'engine', 'first call', 'median', 'min – max', `time / ${base}'s`, 'min – max'],
    ...summaries.map(({ workload, engine, firstCall, time, ratio }) => [
      workload,
      engine,
      milliseconds(firstCall),
      milliseconds(time.median),
      `${milliseconds(time.min)} – ${milliseconds(time.max)}`,
      ratio ? factor(ratio.median) : '',
      ratio ? `${factor(ratio.min)} – ${factor(ratio.max)}` : '',
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [...rows.slice(0, 1), rule, ...rows.slice(1)]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

const milliseconds = (ms: number): string => `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
const factor = (ratio: number): string => (ratio < 10 ? ratio.toPrecision(2) : String(Math.round(ratio)));
