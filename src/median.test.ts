import { expect, it } from 'vitest';
import { median } from './median.ts';

it('is the middle number, or lies between the two in the middle', () => {
  const numbers = [10, 1, 2];
  expect(median(numbers)).toBe(2);
  expect(numbers).toEqual([10, 1, 2]);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow('Nothing was measured');
});
