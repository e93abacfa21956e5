import { expect, it } from 'vitest';
import { ratios, spread } from './statistics.ts';

it('gives the middle and the ends, whatever the order', () => {
  expect(spread([3, 1, 10])).toEqual({ median: 3, min: 1, max: 10 });
  expect(spread([4, 1, 2, 10])).toEqual({ median: 3, min: 1, max: 10 });
  expect(() => spread([])).toThrow(RangeError);
});

it('divides round by round, so that a slow round does not favour anyone', () => {
  // The machine was three times as slow in the second round: the ratios do not show it, the medians would.
  expect(ratios([20, 60, 20], [10, 30, 10])).toEqual([2, 2, 2]);
  expect(() => ratios([1, 2], [1])).toThrow('2 rounds of one and 1 of the other');
});
