import { expect, it } from 'vitest';
import { likeliest, mistakeOf, sortMistakes } from './mistakes.ts';

it('lists the surest mistakes first, and no right answers', () => {
  const rows = [
    [0.9, 0.1],
    [0.6, 0.4],
    [0.2, 0.8],
    [0.01, 0.99],
    [0.6, 0.4],
  ];
  const labels = [0, 1, 0, 1, 1];
  const mistakes = rows.flatMap((row, i) => mistakeOf(row, labels[i] ?? -1, i) ?? []);
  expect(sortMistakes(mistakes)).toEqual([
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

it('refuses an image without numbers', () => {
  expect(() => mistakeOf([NaN], 0, 0)).toThrow('Image 0 has no probabilities');
});
