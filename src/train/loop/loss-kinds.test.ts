import { describe, expect, it } from 'vitest';
import { canTellApart, lossNames, outputsOf, probabilities, type LossName } from './loss-kinds.ts';

describe('probabilities', () => {
  it('are the softmax of logits, however large', () => {
    expect(probabilities([0, Math.log(3)], 'cross-entropy')).toEqual(
      [0.25, 0.75].map((p) => expect.closeTo(p, 12)),
    );
    expect(probabilities([1000, 0, 1000], 'cross-entropy')).toEqual([0.5, 0, 0.5]);
  });

  it('of a single logit are those of the first and the second class', () => {
    expect(probabilities([Math.log(3)], 'bce')).toEqual([0.25, 0.75].map((p) => expect.closeTo(p, 12)));
    expect(probabilities([-1000], 'bce')).toEqual([1, 0]);
  });
});

describe('a loss', () => {
  it('says how many logits it wants, and how many classes it can tell apart', () => {
    expect(lossNames).toEqual(['cross-entropy', 'bce']);
    expect(lossNames.map((loss) => outputsOf(loss, 2))).toEqual([2, 1]);
    expect(lossNames.map((loss) => canTellApart(loss, 3))).toEqual([true, false]);
  });

  it('that there is not is refused', () => {
    const hinge = 'hinge' as LossName;
    const message = 'There is no loss "hinge". There are: cross-entropy, bce.';
    expect(() => outputsOf(hinge, 2)).toThrow(message);
    expect(() => probabilities([0, 1], hinge)).toThrow(message);
  });
});
