import { describe, expect, it } from 'vitest';
import { batches, type BatchOptions } from './batches.ts';

const list = (count: number, batchSize: number, options: Partial<BatchOptions> = {}) =>
  [...batches(count, batchSize, { seed: 1, epoch: 0, ...options })].map((batch) => [...batch]);

describe('batches', () => {
  it('covers every index once, with a short last batch', () => {
    const all = list(10, 4);
    expect(all.map((batch) => batch.length)).toEqual([4, 4, 2]);
    expect(all.flat().sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
  });

  it('leaves the short batch out on request', () => {
    expect(list(10, 4, { dropLast: true }).map((batch) => batch.length)).toEqual([4, 4]);
    expect(list(3, 4, { dropLast: true })).toEqual([]);
    expect(list(8, 4, { dropLast: true })).toHaveLength(2);
  });

  it('keeps the order without shuffling', () => {
    expect(list(5, 2, { shuffle: false })).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('depends on seed and epoch, and on nothing else', () => {
    expect(list(50, 8)).toEqual(list(50, 8));
    expect(list(50, 8, { epoch: 1 })).not.toEqual(list(50, 8));
    expect(list(50, 8, { seed: 2 })).not.toEqual(list(50, 8));
  });

  it.each([0, -1, 2.5, NaN])('refuses the batch size %s', (size) => {
    expect(() => list(10, size)).toThrow(/batch size must be a positive whole number/);
  });
});
