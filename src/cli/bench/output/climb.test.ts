import { expect, it } from 'vitest';
import { climbLines, isClimb } from './climb.ts';
import { exampleResults } from '../../../bench/testing.ts';

const { ceilings, rows } = exampleResults({ 'ladder.a': [8], 'ladder.b': [2] });
const rungs = rows.map((row, i) => ({ ...row, variant: `${i + 1}-rung`, lesson: `Lesson ${i + 1}.` }));

it('shows each rung with its step and its lesson', () => {
  expect(
    climbLines(rungs, ceilings)
      .slice(1)
      .map((line) => line.replace(/ +/g, ' ').trim()),
  ).toEqual([
    'ladder.a, all',
    'rung median rate step of ceiling',
    '1-rung 8 ms 0.125 GFLOP/s 1 %',
    'Lesson 1.',
    '2-rung 2 ms 0.5 GFLOP/s ×4 5 %',
    'Lesson 2.',
  ]);
});

it('knows a ladder by its lessons', () => {
  expect(isClimb(rungs)).toBe(true);
  expect(isClimb(rows)).toBe(false);
  expect(isClimb([])).toBe(false);
});
