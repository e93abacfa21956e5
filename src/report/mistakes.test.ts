import { expect, it } from 'vitest';
import { likeliest, mistakes } from './mistakes.ts';

it('lists the surest mistakes first, and no right answers', () => {
  const rows = [
    [0.9, 0.1],
    [0.6, 0.4],
    [0.2, 0.8],
    [0.01, 0.99],
    [0.6, 0.4],
  ];
  expect(mistakes(rows, [0, 1, 0, 1, 1])).toEqual([
    { index: 2, actual: 0, predicted: 1, confidence: 0.8, actualProbability: 0.2 },
    { index: 1, actual: 1, predicted: 0, confidence: 0.6, actualProbability: 0.4 },
    { index: 4, actual: 1, predicted: 0, confidence: 0.6, actualProbability: 0.4 },
  ]);
});

it('takes the first of equals and never NaN', () => {
  expect(likeliest([0.5, 0.5])).toBe(0);
  expect(likeliest([NaN, 0.1])).toBe(1);
  expect(likeliest([NaN])).toBeUndefined();
});

it('refuses what does not belong together', () => {
  expect(() => mistakes([[1]], [])).toThrow('There are 1 predictions and 0 labels');
  expect(() => mistakes([[NaN]], [0])).toThrow('Image 0 has no probabilities');
});
