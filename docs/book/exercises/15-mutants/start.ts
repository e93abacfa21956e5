/** Exercise 15: a test of relu, y = max(x, 0), where NaN stays NaN. It passes, and would pass with many another kernel. */

/** What the kernel is run on. */
export const inputs: readonly (readonly number[])[] = [[1, 2, 3]];

/** Whether y is the ReLU of x. */
export const isRight = (x: ArrayLike<number>, y: ArrayLike<number>): boolean =>
  Array.from(x).every((_, i) => y[i]! >= 0); // as long as x
