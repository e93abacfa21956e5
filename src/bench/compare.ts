// Two runs held against each other, row by row. A verdict needs more than a different median: ranks that chance would seldom give,
// and a change larger than the machine's own, which shows in ceilings that no code of ours has touched.
import { createRandom } from '../random.ts';
import { idOf, type Row } from './benchmark.ts';
import { ceilingsFrom } from './ceilings.ts';
import type { Results } from './results.ts';
import type { Ceilings } from './roofline.ts';
import { mannWhitney, median, quantile } from './statistics.ts';

export type Verdict = 'faster' | 'slower' | 'same' | 'too few samples';

export interface RowComparison {
  readonly row: Row;
  /** New time ÷ old time: of the medians, and where that lies in 95 % of resamplings. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly rows: readonly RowComparison[];
  /** Names of rows that the other file has not. */
  readonly onlyOld: readonly string[];
  readonly onlyNew: readonly string[];
  /** A change up to this share may be the machine's. */
  readonly tolerance: number;
}

/** Chance gives such ranks once in twenty rows that did not change. */
const SIGNIFICANCE = 0.05;
/** With fewer on either side no difference could be significant. */
const LEAST_SAMPLES = 4;
/** Two runs of the same code on a quiet machine differ by less. */
const LEAST_CHANGE = 0.03;

/**
 * What is compared: the clock on the wall, or processor time, which on a software adapter is the kernels' and which other programs
 * disturb less; but it does not see a core that idles.
 */
export const CLOCKS = ['wall', 'cpu'] as const;
export type Clock = (typeof CLOCKS)[number];

/**
 * Compares the rows of `now` with those of the same name in `before`; the ceilings are the yardstick and no rows. Throws `RangeError`
 * where a run has no ceilings by that clock.
 */
export function compareResults(before: Results, now: Results, clock: Clock = 'wall'): Comparison {
  const [old, fresh] = [rowsByName(before, clock), rowsByName(now, clock)];
  const tolerance = Math.max(LEAST_CHANGE, drift(...ceilingsOf(before, clock), ...ceilingsOf(now, clock)));
  return {
    rows: [...fresh].flatMap(([name, row]) => {
      const other = old.get(name);
      return other ? [compareRow([other, row], clock, tolerance)] : [];
    }),
    onlyOld: [...old.keys()].filter((name) => !fresh.has(name)),
    onlyNew: [...fresh.keys()].filter((name) => !old.has(name)),
    tolerance,
  };
}

const rowsByName = ({ rows }: Results, clock: Clock) =>
  new Map(
    rows
      .filter(({ group, [clock]: samples }) => !group.startsWith('ceiling') && samples !== undefined)
      .map((row) => [idOf(row), row]),
  );

/** By how much a machine changed between times when its ceilings were measured: the widest ratio of rates, less one. */
export function drift(...measured: readonly Ceilings[]): number {
  const widest = (rates: readonly number[]) => Math.max(...rates) / Math.min(...rates) - 1;
  const copies = measured.map((ceilings) => ceilings.copies.at(-1)?.gbps ?? NaN);
  return Math.max(widest(measured.map(({ gflops }) => gflops)), widest(copies));
}

/** All ceilings that were measured in a run; by processor time those of its beginning. */
function ceilingsOf({ ceilings, ceilingsAfter, rows }: Results, clock: Clock): Ceilings[] {
  if (clock === 'cpu') return [ceilingsFrom(rows, 'cpu')];
  return [ceilings, ...(ceilingsAfter ? [ceilingsAfter] : [])];
}

function compareRow([old, row]: readonly [Row, Row], clock: Clock, tolerance: number): RowComparison {
  const [before = [], now = []] = [old[clock], row[clock]];
  const ratio = median(now) / median(before);
  const [low, high] = resampledRatio(before, now);
  const few = Math.min(before.length, now.length) < LEAST_SAMPLES;
  const isReal =
    Math.abs(Math.log(ratio)) > Math.log(1 + tolerance) && mannWhitney(before, now) < SIGNIFICANCE;
  const verdict = few ? 'too few samples' : !isReal ? 'same' : ratio < 1 ? 'faster' : 'slower';
  return { row, ratio, low, high, verdict };
}

const RESAMPLINGS = 500;

/** Where the ratio of medians lies in 95 % of resamplings with replacement (Efron's percentile bootstrap); the same every time. */
function resampledRatio(before: readonly number[], now: readonly number[]): [number, number] {
  const random = createRandom(before.length, now.length);
  const resample = (from: readonly number[]) => from.map(() => from[random.below(from.length)] ?? NaN);
  const ratios = Array.from({ length: RESAMPLINGS }, () => median(resample(now)) / median(resample(before)));
  return [quantile(ratios, 0.025), quantile(ratios, 0.975)];
}

/** The geometric mean of all ratios: what the whole of the rows gained or lost. */
export const meanRatio = (rows: readonly RowComparison[]): number =>
  Math.exp(rows.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / rows.length);
