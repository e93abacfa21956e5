import { describe, expect, it } from 'vitest';
import { reliabilityOf } from './reliability.ts';

describe('reliability', () => {
  it('is the gap between how sure a model is and how often it is right', () => {
    // Bins of a fifth. (0.4, 0.6]: sure 0.6 and 0.5, one right: |1.1 − 1|. (0.8, 1]: 0.9, 0.9 and 1, one right: |2.8 − 1|.
    const { ece, bins } = reliabilityOf(
      { actual: [0, 1, 0, 1, 1], predicted: [0, 0, 0, 0, 0], confidence: [0.6, 0.5, 0.9, 0.9, 1] },
      5,
    );
    expect(ece).toBeCloseTo((0.1 + 1.8) / 5, 12);
    expect(bins).toHaveLength(2);
    expect(bins[0]).toMatchObject({ from: 0.4, to: 0.6, count: 2, accuracy: 0.5 });
    expect(bins[0]?.confidence).toBeCloseTo(0.55, 12);
    expect(bins[1]).toMatchObject({ from: 0.8, to: 1, count: 3 });
    expect(bins[1]?.accuracy).toBeCloseTo(1 / 3, 12);
  });

  it('is none where a model is right as often as it says, and 1 where it is sure and always wrong', () => {
    const half = { actual: [0, 1], predicted: [0, 0], confidence: [0.5, 0.5] };
    expect(reliabilityOf(half).ece).toBe(0);
    expect(reliabilityOf({ actual: [1], predicted: [0], confidence: [1] }).ece).toBe(1);
    expect(reliabilityOf({ actual: [], predicted: [], confidence: [] })).toEqual({ ece: NaN, bins: [] });
  });

  it('has 15 bins, and takes a probability of 0 for the first', () => {
    expect(reliabilityOf({ actual: [0], predicted: [0], confidence: [0] }).bins[0]).toMatchObject({
      from: 0,
      to: 1 / 15,
    });
  });

  it.each([
    ['NaN', { actual: [0], predicted: [0], confidence: [NaN] }],
    ['more than 1', { actual: [0], predicted: [0], confidence: [1.5] }],
    ['too few labels', { actual: [], predicted: [0], confidence: [1] }],
  ])('refuses %s', (_, answers) => expect(() => reliabilityOf(answers)).toThrow(RangeError));
});
