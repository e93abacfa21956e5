import { expect, it } from 'vitest';
import { likelyAccuracy, wilsonInterval } from './interval.ts';

it.each([
  [1, 10],
  [5, 10],
  [195, 200],
])('of %i of %i ends where the share is 1.96 deviations away', (right, total) => {
  const { low, high } = wilsonInterval(right, total);
  const share = right / total;
  for (const bound of [low, high])
    expect(Math.abs(share - bound) / Math.sqrt((bound * (1 - bound)) / total)).toBeCloseTo(1.96, 4);
  expect(low).toBeLessThan(share);
  expect(high).toBeGreaterThan(share);
});

it('of all and of nothing stays between 0 and 1', () => {
  expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 12);
  expect(wilsonInterval(0, 10).low).toBeCloseTo(0, 12);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});

it('is told in whole percent', () => {
  expect(likelyAccuracy(11 / 12, 12)).toBe('65 to 99 %');
  expect(likelyAccuracy(1, 3)).toBe('44 to 100 %');
});
