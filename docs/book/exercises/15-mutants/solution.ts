/** Exercise 15, solved: inputs of each kind that a fault may single out, and a check that compares every element. */

const wave = (count: number, height: number): number[] =>
  Array.from({ length: count }, (_, i) => height * Math.sin(i + 1));

/** What the kernel is run on. */
export const inputs: readonly (readonly number[])[] = [
  [1],
  [-1, 2, -3],
  [NaN, Infinity, -Infinity, 0],
  wave(131, 2),
  wave(1000, 100),
];

/** Whether y is the ReLU of x. */
export const isRight = (x: ArrayLike<number>, y: ArrayLike<number>): boolean =>
  Array.from(x).every((value, i) => {
    const expected = Math.fround(Math.max(value, 0)); // which keeps NaN
    return y[i] === expected || (Number.isNaN(expected) && Number.isNaN(y[i]));
  });
