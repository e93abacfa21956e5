import { describe, expect, it } from 'vitest';
import { fasterThan } from './judge.ts';
import { worstError } from './verify.ts';

const rounds = (entries: Readonly<Record<string, readonly number[]>>) => new Map(Object.entries(entries));

describe('fasterThan', () => {
  it('takes the one that gains most, round by round', () => {
    // The machine slows down from round to round: the medians alone would call b faster than a.
    const times = rounds({ rule: [10, 20, 40, 80], a: [8, 16, 32, 64], b: [9, 18, 36, 72] });
    expect(fasterThan('rule', times)).toBe('a');
  });

  it('keeps the rule where the others win too little, or in too few rounds', () => {
    expect(fasterThan('rule', rounds({ rule: [10, 10, 10, 10], a: [9.8, 9.8, 9.8, 9.8] }))).toBeUndefined();
    expect(fasterThan('rule', rounds({ rule: [10, 10, 10, 10], a: [1, 1, 11, 11] }))).toBeUndefined();
    expect(fasterThan('rule', rounds({ rule: [10, 10, 10, 10], a: [9, 9, 9, 30] }))).toBe('a');
    expect(fasterThan('rule', rounds({ rule: [10] }))).toBeUndefined();
  });

  it('compares who left early in its own rounds, and ignores who never ran', () => {
    expect(fasterThan('rule', rounds({ rule: [10, 1, 1], a: [9] }))).toBe('a');
    expect(fasterThan('rule', rounds({ rule: [10], a: [] }))).toBeUndefined();
    expect(fasterThan('rule', rounds({ a: [1] }))).toBeUndefined();
  });
});

describe('worstError', () => {
  it('is a share of the element or of the root mean square', () => {
    expect(worstError([1, 2, 3], [1, 2, 3])).toBe(0);
    expect(worstError([100, 0], [100, 0.5])).toBeCloseTo(0.5 / Math.sqrt(10_000.25 / 2), 12);
    expect(worstError([101, 0], [100, 0])).toBeCloseTo(0.01, 12);
  });

  it('is infinite for what is no number, for a missing element and where nothing should be but is', () => {
    expect(worstError([1, NaN], [1, 2])).toBe(Infinity);
    expect(worstError([1, Infinity], [1, 2])).toBe(Infinity);
    expect(worstError([1], [1, 2])).toBe(Infinity);
    expect(worstError([1, 0], [0, 0])).toBe(Infinity);
  });
});
