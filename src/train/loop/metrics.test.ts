import { describe, expect, it } from 'vitest';
import { combine, isBetter, topK } from './metrics.ts';

describe('combine', () => {
  it('weighs every image alike, also those of a smaller last batch', () => {
    const batches = [
      { loss: 1, correct: 6, count: 8 },
      { loss: 4, correct: 0, count: 2 },
    ];
    expect(combine(batches)).toEqual({ loss: 1.6, accuracy: 0.6, count: 10 });
  });
});

describe('isBetter', () => {
  const of = (accuracy: number, loss: number) => ({ accuracy, loss, count: 10 });

  it('goes by accuracy, then by loss', () => {
    expect(isBetter(of(0.9, 2), of(0.8, 1))).toBe(true);
    expect(isBetter(of(0.8, 1), of(0.8, 2))).toBe(true);
    expect(isBetter(of(0.8, 2), of(0.8, 2))).toBe(false);
    expect(isBetter(of(0.7, 1), of(0.8, 2))).toBe(false);
  });
});

describe('topK', () => {
  it('gives the indices of the largest, equal ones in their order, at most all', () => {
    expect(topK([0.1, 0.5, 0.1, 0.3], 3)).toEqual([1, 3, 0]);
    expect(topK([1, 2], 5)).toEqual([1, 0]);
  });
});
