/** Inputs of exercises: the same at every call. */
import { createRandom } from '../../random.ts';

/** Uniform values of [from, to). */
export function values(count: number, seed: number, from = -1, to = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => from + (to - from) * random.uniform());
}

/** A matrix's elements by row and column. */
export const matrix = (
  rows: number,
  columns: number,
  of: (row: number, column: number) => number,
): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => of(Math.floor(i / columns), i % columns));

/** Numbers of `from` up to, not including, `to`, summed by what `of` makes of them. */
export function sum(from: number, to: number, of: (i: number) => number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += of(i);
  return total;
}

/** An element; 0 where there is none. */
export const at = (of: Float32Array, index: number): number => of[index] ?? 0;
