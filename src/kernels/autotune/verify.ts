/** Whether a result is right: a fast kernel that computes the wrong thing must not win. */

/**
 * The largest error of `actual`, as a share of the expected element's magnitude or of the root mean square of all, whichever
 * is larger; infinite where one of them is no number, or their lengths differ.
 */
export function worstError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const { length } = expected;
  if (actual.length !== length) return Infinity;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += expected[i]! ** 2; // indices stay in range, here and below
  const scale = Math.sqrt(squares / length);
  let worst = 0;
  for (let i = 0; i < length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (error === 0) continue;
    const share = error / Math.max(scale, Math.abs(expected[i]!));
    if (!(share <= worst)) worst = Number.isNaN(share) ? Infinity : share;
  }
  return worst;
}
