/** Exercise 10, solved. b is in everybody's way: put it at the bottom, and c and then d above it; e takes its place once it is gone. */
import type { Name } from './boxes.ts';

export const places: Readonly<Record<Name, number>> = {
  a: 3, // above b
  b: 0,
  c: 3, // where a was
  d: 5, // not at 3, which would leave no room for e
  e: 0, // where b was
};
