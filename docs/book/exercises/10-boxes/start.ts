/** Exercise 10: where each of the boxes of boxes.ts begins, in bytes. Somebody has put one behind the other, and used nothing twice. */
import type { Name } from './boxes.ts';

export const places: Readonly<Record<Name, number>> = {
  a: 0,
  b: 4,
  c: 7,
  d: 12,
  e: 16,
};
