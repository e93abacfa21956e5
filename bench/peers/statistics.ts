// Statistics over alternating rounds. A ratio is taken within each round, between turns that follow each other at once, so
// that a machine that slows down during the run does not favour anyone.
import { median } from '../../src/bench/statistics.ts';

/** The middle and the ends of repeated measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, least and greatest of a list, since rounds are few; throws `RangeError` for an empty one. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** How many times as long as the base something takes, round by round; throws `RangeError` if a round is missing. */
export function ratios(times: readonly number[], base: readonly number[]): number[] {
  if (times.length !== base.length) {
    throw new RangeError(`There are ${times.length} rounds of one and ${base.length} of the other.`);
  }
  return times.map((ms, round) => ms / (base[round] ?? NaN));
}
