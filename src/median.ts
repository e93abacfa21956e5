/** The median, by which measured times are judged here: outliers, such as the machine doing something else, do not move it. */

/** The middle one of some numbers, or the mean of the two in the middle. Throws `RangeError` if there are none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [below, above] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (below === undefined || above === undefined) throw new RangeError('Nothing was measured.');
  return (below + above) / 2;
}
