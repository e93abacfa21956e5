/**
 * Exercise 10: five boxes. From left to right is time, command by command; a box takes its bytes from its first to its last use.
 *
 *              0   1   2   3   4   5   6   7
 *     a, 4     ██████████
 *     b, 3         ██████████████████
 *     c, 5                 ██████
 *     d, 4                         ██████
 *     e, 5                             ██████
 */
export const names = ['a', 'b', 'c', 'd', 'e'] as const;
export type Name = (typeof names)[number];

export interface Box {
  readonly bytes: number;
  /** Numbers of the first and the last command that use it. */
  readonly first: number;
  readonly last: number;
}

export const boxes: Readonly<Record<Name, Box>> = {
  a: { bytes: 4, first: 0, last: 2 },
  b: { bytes: 3, first: 1, last: 5 },
  c: { bytes: 5, first: 3, last: 4 },
  d: { bytes: 4, first: 5, last: 6 },
  e: { bytes: 5, first: 6, last: 7 },
};
