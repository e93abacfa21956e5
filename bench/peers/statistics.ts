// Statistics over alternating rounds. A ratio is taken within each round, between turns that follow each other at once, so
// that a machine that slows down during the run does not favour anyone.

/** The middle and the ends of repeated measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
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

/** How many times as long as the base something takes, round by round; throws `RangeError` where a round is missing. */
export function ratios(times: readonly number[], base: readonly number[]): number[] {
  if (times.length !== base.length) {
    throw new RangeError(`There are ${times.length} rounds of one and ${base.length} of the other.`);
  }
  return times.map((ms, round) => ms / (base[round] ?? NaN));
}
