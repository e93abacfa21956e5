import { describe, expect, it } from 'vitest';
import { stratifiedSplit } from './split.ts';

const images = (...counts: number[]) =>
  counts.flatMap((count, label) =>
    Array.from({ length: count }, (_, i) => ({ path: `${label}/${i}`, label })),
  );
const split = (counts: number[], validFraction = 0.2, seed = 0) =>
  stratifiedSplit(images(...counts), { validFraction, seed });

describe('stratifiedSplit', () => {
  it('sets the same part of every class aside, and nothing twice', () => {
    const { train, valid } = split([50, 10]);
    expect([0, 1].map((label) => valid.filter((image) => image.label === label).length)).toEqual([10, 2]);
    expect(new Set([...train, ...valid].map(({ path }) => path)).size).toBe(60);
  });

  it('depends on the seed alone', () => {
    expect(split([9, 9])).toEqual(split([9, 9]));
    expect(split([9, 9], 0.2, 1)).not.toEqual(split([9, 9]));
    // Written down: models of old runs were validated on these.
    expect(split([10, 10]).valid.map(({ path }) => path)).toMatchInlineSnapshot(`
      [
        "0/1",
        "0/9",
        "1/3",
        "1/6",
      ]
    `);
  });

  it.each([
    [[2, 2], 0.01, 2],
    [[2, 2], 0.99, 2],
    [[1, 5], 0.2, 1],
  ])('leaves every class of %j at fraction %f something to train on', (counts, fraction, expected) => {
    const { train, valid } = split(counts, fraction);
    expect(valid).toHaveLength(expected);
    expect(new Set(train.map(({ label }) => label)).size).toBe(counts.length);
  });

  it('refuses classes of one photo, and fractions outside 0 … 1', () => {
    expect(() => split([1, 1])).toThrow(/single photo/);
    for (const fraction of [0, 1, -0.1, NaN])
      expect(() => split([5, 5], fraction)).toThrow(/between 0 and 1/);
  });
});
