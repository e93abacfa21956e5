import { describe, expect, it } from 'vitest';
import { drawAugmentation, transformsFor } from './augment.ts';

const room = { height: 150, width: 140, size: 128 };
const draws = Array.from({ length: 2000 }, (_, index) =>
  drawAugmentation(room, { seed: 1, epoch: 2, index }),
);

describe('transformsFor', () => {
  it("leaves room for the crop as the seed's program does: 150 for 128", () => {
    const square = (side: number) => ({ kind: 'resize', width: side, height: side });
    expect(transformsFor(128, 'standard')).toEqual({ train: square(150), valid: square(128) });
    expect(transformsFor(64, 'standard').train).toEqual(square(75));
    expect(transformsFor(64, 'none')).toEqual({ train: square(64), valid: square(64) });
  });
});

describe('drawAugmentation', () => {
  it('uses the whole range of every change, and no more', () => {
    const range = (of: (draw: (typeof draws)[number]) => number) => {
      const values = draws.map(of);
      return [Math.min(...values), Math.max(...values)];
    };
    expect(range(({ cropX }) => cropX)).toEqual([0, 12]);
    expect(range(({ cropY }) => cropY)).toEqual([0, 22]);
    for (const factor of ['brightness', 'contrast'] as const) {
      const [least = 0, most = 0] = range((draw) => draw[factor]);
      expect(least).toBeGreaterThanOrEqual(0.8);
      expect(least).toBeLessThan(0.81);
      expect(most).toBeLessThan(1.2);
      expect(most).toBeGreaterThan(1.19);
    }
  });

  it('flips half of the images and shuffles the order of the colour changes', () => {
    for (const key of ['flip', 'contrastFirst'] as const) {
      const share = draws.filter((draw) => draw[key]).length / draws.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.05); // four deviations
    }
  });

  it('depends on seed, epoch and image, and on nothing else', () => {
    const key = { seed: 1, epoch: 2, index: 3 };
    const first = drawAugmentation(room, key);
    expect(drawAugmentation(room, key)).toEqual(first);
    for (const other of [{ seed: 2 }, { epoch: 3 }, { index: 4 }])
      expect(drawAugmentation(room, { ...key, ...other })).not.toEqual(first);
  });

  it('crops nothing where there is no room', () => {
    const key = { seed: 1, epoch: 1, index: 0 };
    expect(drawAugmentation({ height: 8, width: 8, size: 8 }, key)).toMatchObject({ cropX: 0, cropY: 0 });
  });
});
