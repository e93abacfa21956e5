import { describe, expect, it } from 'vitest';
import { mannWhitney, quantile, spreadOf } from './statistics.ts';

describe('quantile', () => {
  it('lies between the samples, whatever their order', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([4, 1, 3, 2], 0)).toBe(1);
    expect(quantile([4, 1, 3, 2], 1)).toBe(4);
    expect(quantile([10, 20], 0.1)).toBeCloseTo(11);
    expect(quantile([7], 0.5)).toBe(7);
  });

  it('leaves its samples as they are', () => {
    const samples = [3, 1, 2];
    expect(spreadOf(samples)).toMatchObject({ median: 2 });
    expect(samples).toEqual([3, 1, 2]);
  });

  it('says so where nothing was measured', () => {
    expect(() => spreadOf([])).toThrow('Nothing was measured');
  });
});

// Expected values were counted out over all arrangements, and for many samples taken from the normal distribution's error function.
describe('mannWhitney', () => {
  it('counts the arrangements of few samples', () => {
    expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toBeCloseTo(0.1, 12);
    expect(mannWhitney([1, 3, 5, 7], [2, 4, 6, 8])).toBeCloseTo(0.6857142857142857, 12);
  });

  it('is the same both ways round', () => {
    const [a, b] = [
      [5, 3, 9, 1],
      [4, 8, 10, 12, 11],
    ];
    expect(mannWhitney(a, b)).toBeCloseTo(mannWhitney(b, a), 12);
  });

  it('finds nothing in equal samples', () => {
    expect(mannWhitney([2, 2, 2], [2, 2, 2])).toBe(1);
    expect(mannWhitney([], [1])).toBe(1);
  });

  it('shares ranks among ties', () => {
    // Of the 6 ways to pick 2 of the ranks 1.5, 1.5, 3.5, 3.5, two are as far from the middle as this one.
    expect(mannWhitney([1, 1], [2, 2])).toBeCloseTo(2 / 6, 12);
  });

  it('takes many samples for normal', () => {
    const a = Array.from({ length: 20 }, (_, i) => i);
    const b = a.map((value) => value + 6.5);
    expect(mannWhitney(a, b)).toBeCloseTo(0.003336179, 6);
    expect(mannWhitney(a, a)).toBeCloseTo(1, 1);
  });
});
