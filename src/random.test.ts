import { describe, expect, it } from 'vitest';
import { createRandom, permutation } from './random.ts';

const draw = (count: number, ...key: number[]) => {
  const random = createRandom(...key);
  return Array.from({ length: count }, () => random.uint32());
};

describe('createRandom', () => {
  it('gives the same numbers for ever: splits and epochs of old runs depend on them', () => {
    expect(draw(4, 0)).toMatchInlineSnapshot(`
      [
        2685500393,
        2830445535,
        691402571,
        2176859826,
      ]
    `);
    expect(draw(4, 42, 7)).toMatchInlineSnapshot(`
      [
        1687908739,
        1361120226,
        2781735369,
        2892076916,
      ]
    `);
  });

  it('tells keys apart that differ in one part, its order, sign or high bits', () => {
    const keys = [[], [0], [0, 0], [1], [-1], [2 ** 32], [2 ** 32 + 1], [1, 0], [0, 1], [1, 1]];
    expect(new Set(keys.map((key) => draw(2, ...key).join())).size).toBe(keys.length);
  });

  it('fills all bits evenly', () => {
    const ones = new Array<number>(32).fill(0);
    for (const value of draw(10_000, 3)) {
      for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((value >>> bit) & 1);
    }
    // Standard deviation 50; six of them.
    for (const count of ones) expect(Math.abs(count - 5000)).toBeLessThan(300);
  });

  it.each([NaN, 0.5, Infinity])('refuses the seed %s', (seed) => {
    expect(() => createRandom(seed)).toThrow(/seed must be a whole number/);
  });
});

describe('permutation', () => {
  it('holds every index once', () => {
    expect([...permutation(100, createRandom(1))].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
    expect(permutation(0, createRandom(1))).toHaveLength(0);
  });

  it('reaches every order about equally often', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = permutation(3, createRandom(seed)).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    // Standard deviation 29 around 1000; six of them.
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(174);
  });
});
