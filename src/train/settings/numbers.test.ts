import { describe, expect, it } from 'vitest';
import { isInRange, parseNumber, rangeText } from './numbers.ts';

describe('a range', () => {
  it.each([
    [{ whole: true, least: 1 }, 'a whole number of at least 1', [1, 7], [0, 1.5, NaN, Infinity, 2 ** 53]],
    [{ whole: true, least: 0, most: 9 }, 'a whole number from 0 to 9', [0, 9], [-1, 10]],
    [{ above: 0 }, 'a number greater than 0', [1e-300, 5], [0, -1, NaN, Infinity]],
    [{ above: 0, below: 1 }, 'a number between 0 and 1', [0.5], [0, 1]],
    [{ above: 0, most: 1 }, 'a number greater than 0 and at most 1', [0.5, 1], [0, 1.1]],
    [{ least: 0, below: 1 }, 'a number of at least 0 and less than 1', [0, 0.5], [-0.1, 1]],
    [{}, 'a number', [-1e300, 0], [NaN, -Infinity]],
  ] as const)('%o is "%s"', (range, text, good, bad) => {
    expect(rangeText(range)).toBe(text);
    for (const value of good) expect(isInRange(value, range), String(value)).toBe(true);
    for (const value of bad) expect(isInRange(value, range), String(value)).toBe(false);
  });
});

it('numbers are read as decimals and as nothing else', () => {
  expect(['1', ' 0.5 ', '.5', '5.', '1e-3', '-2E+2', '1e+21'].map(parseNumber)).toEqual([
    1, 0.5, 0.5, 5, 1e-3, -200, 1e21,
  ]);
  for (const text of ['', ' ', '0x10', '1 2', 'NaN', 'Infinity', '1e', '1,5'])
    expect(parseNumber(text), text).toBeNaN();
});
