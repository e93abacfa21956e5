import { describe, expect, it } from 'vitest';
import { bfloatToNumber, halfToNumber, numberToHalf } from './half.ts';

describe('binary16', () => {
  it('reads the landmarks of IEEE 754', () => {
    expect(halfToNumber(0x3c00)).toBe(1);
    expect(halfToNumber(0xc000)).toBe(-2);
    expect(halfToNumber(0x7bff)).toBe(65504);
    expect(halfToNumber(0x0001)).toBe(2 ** -24);
    expect(halfToNumber(0x03ff)).toBe(1023 * 2 ** -24);
    expect(halfToNumber(0x0400)).toBe(2 ** -14);
    expect(halfToNumber(0x7c00)).toBe(Infinity);
    expect(halfToNumber(0xfc00)).toBe(-Infinity);
    expect(halfToNumber(0x7e00)).toBeNaN();
    expect(halfToNumber(0x8000)).toBe(-0);
  });

  it('gives back every one of the 65,536 patterns', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = halfToNumber(half);
      const back = numberToHalf(value);
      if (Number.isNaN(value) ? (back & 0x7fff) !== 0x7e00 : back !== half || Math.fround(value) !== value) {
        expect.fail(`${half} is ${value} and comes back as ${back}`);
      }
    }
  });

  it('rounds to the nearest and ties to even between all neighbours', () => {
    for (let half = 0; half < 0x7bff; half++) {
      const [low, high] = [halfToNumber(half), halfToNumber(half + 1)];
      const middle = (low + high) / 2;
      const nudge = (high - low) / 1024;
      const got = [middle - nudge, middle, middle + nudge].map(numberToHalf);
      if (got[0] !== half || got[1] !== half + (half % 2) || got[2] !== half + 1) {
        expect.fail(`around ${middle}, between ${half} and ${half + 1}: got ${got.join(', ')}`);
      }
    }
  });

  it('overflows where IEEE 754 says, and not before', () => {
    expect(numberToHalf(65519.996)).toBe(0x7bff);
    expect(numberToHalf(65520)).toBe(0x7c00);
    expect(numberToHalf(-1e30)).toBe(0xfc00);
    expect(numberToHalf(1e-30)).toBe(0);
    expect(numberToHalf(-1e-30)).toBe(0x8000);
  });
});

describe('bfloat16', () => {
  it('is the upper half of a float32', () => {
    expect(bfloatToNumber(0x3f80)).toBe(1);
    expect(bfloatToNumber(0xc2f7)).toBe(-123.5);
    expect(bfloatToNumber(0x0001)).toBe(2 ** -133);
    expect(bfloatToNumber(0x7f80)).toBe(Infinity);
    expect(bfloatToNumber(0x7fc0)).toBeNaN();
  });
});
