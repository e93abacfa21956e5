import { expect, it } from 'vitest';
import { overconfidenceText } from './overconfidence.ts';

it.each([
  [Math.log(2), 2, undefined],
  [0.4, 2, undefined],
  [NaN, 2, undefined],
  [0.7, 2, /^Its loss, 0\.7000, is above the 0\.6931 of giving all 2 classes the same share: /],
  [0.7, 3, undefined],
  [12, 37, /12\.00, is above the 3\.6109 of giving all 37 classes/],
])('a loss of %d with %i classes is warned of: %s', (loss, classes, expected) => {
  const text = overconfidenceText({ epoch: 3, valid: { loss } }, 5, classes);
  if (expected === undefined) expect(text).toBeUndefined();
  else expect(text).toMatch(expected);
});

it('advises more epochs to a run whose last one was its best, and fewer to one that was better before', () => {
  const advice = (epoch: number) => overconfidenceText({ epoch, valid: { loss: 2 } }, 5, 2);
  expect(advice(5)).toMatch(/: where it is wrong .* Its last epoch is its best: more epochs, a lower/);
  expect(advice(4)).toMatch(/: where it is wrong it is far too sure\. Fewer epochs, a lower/);
});
