// What repeated measurements say: the middle, the spread, and whether two sets of them differ by more than their noise. Times
// are skewed and have outliers (whatever else the machine did), so everything here goes by ranks and quantiles, not by means.
import { median } from '../median.ts';

export { median };

/** Median with the 10th and 90th percentile, in the unit of the samples. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Throws `RangeError` if there are no samples. */
export function spreadOf(samples: readonly number[]): Spread {
  return { median: median(samples), low: quantile(samples, 0.1), high: quantile(samples, 0.9) };
}

/** The value below which a share `p` of the samples lies, linear between them (Hyndman and Fan 1996, type 7). */
export function quantile(samples: readonly number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * p;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new RangeError('Nothing was measured.');
  return below + (above - below) * (place - Math.floor(place));
}

/** Rank sums are counted out for as many arrangements as this, and taken for normal where there are more. */
const MOST_COUNTED = 24;

/**
 * The probability of so large a difference in rank between two sets of samples where both come from one distribution: the
 * two-sided test of Mann and Whitney (1947), exact for up to 24 samples in all, ties included. 1 where a set is empty.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = midranks([...a, ...b]);
  const all = ranks.length;
  const sum = ranks.slice(0, a.length).reduce((total, rank) => total + rank, 0);
  const expected = (a.length * (all + 1)) / 2;
  const distance = Math.abs(sum - expected);
  if (all <= MOST_COUNTED) return shareAsFar(ranks, a.length, expected, distance);
  const spread = ranks.reduce((total, rank) => total + (rank - (all + 1) / 2) ** 2, 0);
  const deviation = Math.sqrt((a.length * b.length * spread) / (all * (all - 1)));
  return deviation === 0 ? 1 : normalTails(Math.max(0, distance - 0.5) / deviation);
}

/** Rank of each value from 1 up; equal ones share the middle of their ranks. */
function midranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Of all ways to pick `count` of the ranks, the share whose sum is at least `distance` from the expected one. */
function shareAsFar(ranks: readonly number[], count: number, expected: number, distance: number): number {
  // ways[picked].get(s): in how many ways so many of the ranks seen so far add up to s. Doubled, since midranks end on ½.
  const ways = Array.from({ length: count + 1 }, () => new Map<number, number>());
  ways[0]?.set(0, 1);
  for (const rank of ranks) {
    for (let picked = count; picked >= 1; picked--) {
      for (const [sum, number] of ways[picked - 1] ?? []) {
        const next = sum + rank * 2;
        ways[picked]?.set(next, (ways[picked]?.get(next) ?? 0) + number);
      }
    }
  }
  const sums = [...(ways[count] ?? [])];
  const total = sums.reduce((all, [, number]) => all + number, 0);
  const far = sums.filter(([sum]) => Math.abs(sum / 2 - expected) >= distance - 1e-9);
  return far.reduce((all, [, number]) => all + number, 0) / total;
}

/** Both tails of the normal distribution beyond z ≥ 0 (Abramowitz and Stegun, 26.2.17; error below 1e-7). */
function normalTails(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.min(1, (2 * poly * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
}
