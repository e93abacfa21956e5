import { describe, expect, it } from 'vitest';
import { augmentNames, drawAugmentation, transformsFor, type AugmentName } from './augment.ts';

const room = { height: 150, width: 140, size: 128 };
const drawMany = (augment: AugmentName) =>
  Array.from({ length: 2000 }, (_, index) => drawAugmentation(augment, room, { seed: 1, epoch: 2, index }));

/** Asserts that the values fill least … most up to one part in forty, and do not leave it. */
function expectToFill(values: readonly number[], least: number, most: number): void {
  const slack = (most - least) / 40;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  expect(low).toBeGreaterThanOrEqual(least);
  expect(low).toBeLessThanOrEqual(least + slack);
  expect(high).toBeLessThanOrEqual(most);
  expect(high).toBeGreaterThanOrEqual(most - slack);
}

describe('transformsFor', () => {
  it('leaves room for the crop: 150 for 128', () => {
    const square = (side: number) => ({ kind: 'resize', width: side, height: side });
    expect(transformsFor(128, 'seed')).toEqual({ train: square(150), valid: square(128) });
    expect(transformsFor(64, 'standard').train).toEqual(square(75));
    expect(transformsFor(64, 'none')).toEqual({ train: square(64), valid: square(64) });
  });
});

describe.each(['seed', 'standard'] as const)('drawAugmentation, %s', (augment) => {
  const draws = drawMany(augment);

  it('crops whole pixels anywhere, and varies brightness and contrast by a fifth', () => {
    expectToFill(
      draws.map(({ crop }) => crop.x),
      0,
      12,
    );
    expectToFill(
      draws.map(({ crop }) => crop.y),
      0,
      22,
    );
    expect(draws.every(({ crop }) => Number.isInteger(crop.x) && Number.isInteger(crop.y))).toBe(true);
    expect(draws.every(({ crop }) => crop.width === 128 && crop.height === 128)).toBe(true);
    expect(draws.every(({ rotation }) => rotation === 0)).toBe(true);
    for (const factor of ['brightness', 'contrast'] as const) {
      const values = draws.map((draw) => draw[factor]);
      expectToFill(values, 0.8, 1.2);
    }
  });

  it('crops nothing where there is no room', () => {
    const tight = { height: 8, width: 8, size: 8 };
    const { crop } = drawAugmentation(augment, tight, { seed: 1, epoch: 1, index: 0 });
    expect(crop).toEqual({ x: 0, y: 0, width: 8, height: 8 });
  });
});

describe('drawAugmentation', () => {
  it('keeps the saturation of photos with seed, and not with standard', () => {
    expect(drawMany('seed').every(({ saturation, order }) => saturation === 1 && order.length === 2)).toBe(
      true,
    );
    const values = drawMany('standard').map(({ saturation }) => saturation);
    expectToFill(values, 0.8, 1.2);
  });

  it('draws with seed what it has drawn since its first version', () => {
    const { crop, flip, brightness, contrast, order } = drawAugmentation('seed', room, {
      seed: 42,
      epoch: 3,
      index: 7,
    });
    expect([crop.x, crop.y, flip, brightness, contrast, order[0]]).toEqual(OLD_DRAW);
  });

  it('draws with strong a part of at least 35 % with sides of at most 4 : 3, turned by up to 15°', () => {
    const draws = drawMany('strong');
    const areas = draws.map(({ crop }) => (crop.width * crop.height) / (140 * 150));
    expectToFill(areas, 0.35 - 1e-6, 1 + 1e-6);
    const aspects = draws.map(({ crop }) => Math.log(crop.width / crop.height));
    expectToFill(aspects, Math.log(3 / 4) - 1e-6, Math.log(4 / 3) + 1e-6);
    for (const { crop } of draws) {
      expect(crop.x).toBeGreaterThanOrEqual(0);
      expect(crop.x + crop.width).toBeLessThanOrEqual(140 + 1e-4);
      expect(crop.y + crop.height).toBeLessThanOrEqual(150 + 1e-4);
    }
    expectToFill(
      draws.map(({ rotation }) => rotation),
      -Math.PI / 12,
      Math.PI / 12,
    );
    for (const factor of ['brightness', 'contrast', 'saturation'] as const) {
      const values = draws.map((draw) => draw[factor]);
      expectToFill(values, 0.6, 1.4);
    }
  });

  it('takes all that has an allowed shape where no part of it is large enough', () => {
    const narrow = { height: 12, width: 1000, size: 10 };
    const { crop } = drawAugmentation('strong', narrow, { seed: 1, epoch: 1, index: 0 });
    expect(crop).toEqual({ x: 492, y: 0, width: 16, height: 12 });
  });

  it('flips half of the images and shuffles the order of the colour changes evenly', () => {
    for (const augment of ['seed', 'standard', 'strong'] as const) {
      const draws = drawMany(augment);
      expect(Math.abs(draws.filter(({ flip }) => flip).length / 2000 - 0.5)).toBeLessThan(0.05); // four deviations
      const orders = draws.map(({ order }) => order.join(' '));
      const distinct = [...new Set(orders)];
      expect(distinct).toHaveLength(augment === 'seed' ? 2 : 6);
      for (const order of distinct) {
        const share = orders.filter((other) => other === order).length / 2000;
        expect(Math.abs(share - 1 / distinct.length)).toBeLessThan(0.05); // four deviations
      }
    }
  });

  it('knows no augmentation but those that there are', () => {
    const mild = 'mild' as AugmentName;
    const message = 'There is no augmentation "mild". There are: none, seed, standard, strong.';
    expect(() => drawAugmentation(mild, room, { seed: 1, epoch: 1, index: 0 })).toThrow(message);
    expect(() => transformsFor(64, mild)).toThrow(message);
  });

  it.each(augmentNames.filter((name) => name !== 'none'))(
    'depends on seed, epoch and image, and on nothing else: %s',
    (augment) => {
      const key = { seed: 1, epoch: 2, index: 3 };
      const first = drawAugmentation(augment, room, key);
      expect(drawAugmentation(augment, room, key)).toEqual(first);
      for (const other of [{ seed: 2 }, { epoch: 3 }, { index: 4 }])
        expect(drawAugmentation(augment, room, { ...key, ...other })).not.toEqual(first);
    },
  );
});

/** Column, row, flip, brightness, contrast and what comes first. */
const OLD_DRAW = [1, 4, true, 0.9983180626295507, 0.8786748331040144, 'contrast'];
