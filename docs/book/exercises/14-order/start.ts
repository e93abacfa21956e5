/** Exercise 14: sums in f32. Somebody took it for granted that their order does not matter. */

/** Rounds to f32, as a GPU does after every addition. */
const { fround } = Math;

/** The sum from the first number to the last. */
export const forwards = (x: readonly number[]): number => x.reduce((sum, value) => fround(sum + value), 0);

/** The sum from the last number to the first. */
export const backwards = (x: readonly number[]): number => forwards(x);

/** How far two sums of these numbers, each in any order, may lie apart. */
export const tolerance = (x: readonly number[]): number => 0 * x.length;

/** A sum whose parts arrive one by one: part `slice` of `slices` is done. */
export class Total {
  private total = 0;

  constructor(readonly slices: number) {}

  arrive(slice: number, part: number): void {
    this.total = fround(this.total + part);
  }

  /** The sum of all parts, once all have arrived: the same, whatever came first. */
  sum(): number {
    return this.total;
  }
}
