/** Exercise 14, solved. */

/** Rounds to f32, as a GPU does after every addition. */
const { fround } = Math;

/** The sum from the first number to the last. */
export const forwards = (x: readonly number[]): number => x.reduce((sum, value) => fround(sum + value), 0);

/** The sum from the last number to the first. */
export const backwards = (x: readonly number[]): number =>
  x.reduceRight((sum, value) => fround(sum + value), 0);

/** How far two sums of these numbers, each in any order, may lie apart: each has n − 1 roundings of at most 2⁻²⁴ of what is there. */
export const tolerance = (x: readonly number[]): number =>
  2 * (x.length - 1) * 2 ** -24 * x.reduce((sum, value) => sum + Math.abs(value), 0);

/** A sum whose parts arrive one by one: part `slice` of `slices` is done. */
export class Total {
  private readonly parts: number[];

  constructor(readonly slices: number) {
    this.parts = new Array<number>(slices).fill(0);
  }

  arrive(slice: number, part: number): void {
    this.parts[slice] = part;
  }

  /** The sum of all parts, once all have arrived: the same, whatever came first. */
  sum(): number {
    return forwards(this.parts);
  }
}
