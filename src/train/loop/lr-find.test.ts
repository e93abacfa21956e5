import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { ResNet } from '../../networks/index.ts';
import { imageInputs } from '../inputs/inputs.ts';
import { createRandom } from '../../random.ts';
import { deepestFall, findLearningRate, steepest, valley } from './lr-find.ts';
import { colouredNoise, differing, smallModel, testSettings } from '../testing.ts';

const SIZE = 32;
let gpu: Gpu;
const models: ResNet[] = [];
beforeAll(async () => {
  gpu = await testGpu();
});
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});

function build() {
  const model = smallModel(gpu);
  models.push(model);
  const inputs = imageInputs(model, colouredNoise(20, SIZE, 1), { size: SIZE, augment: 'none', seed: 1 });
  return { model, inputs: () => inputs };
}

describe('findLearningRate', () => {
  it('raises the rate evenly in the logarithm, and leaves the model as it was to the bit', async () => {
    const { model, inputs } = build();
    model.eval();
    const before = await model.stateDict();
    const { bytes } = gpu.statistics;
    const settings = { ...testSettings, tune: 'layer4', bn: 'batch' } as const;
    const seen: number[] = [];
    const search = await findLearningRate(model, inputs, settings, {
      ...{ from: 1e-4, to: 1e-1, steps: 13 },
      onPoint: (_point, done) => seen.push(done),
    });
    expect(differing(await model.stateDict(), before)).toEqual([]);
    expect(model.training).toBe(false);
    expect(seen).toEqual(search.points.map((_, i) => i + 1));
    expect(search.points[0]?.rate).toBe(1e-4);
    expect(search.points[4]?.rate).toBeCloseTo(1e-3, 10);
    expect(search.points.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(search.suggestion).toBeGreaterThanOrEqual(1e-4);
    expect(search.suggestion).toBeLessThanOrEqual(1e-1);
    const after = gpu.statistics.bytes; // what it held is released; the workspace stays
    await findLearningRate(model, inputs, settings, { from: 1e-4, to: 1e-1, steps: 13 });
    await gpu.finish();
    expect(gpu.statistics.bytes).toBe(after);
    expect(bytes).toBeLessThanOrEqual(after);
  });

  it('ends where the loss explodes, with the model unharmed', async () => {
    const { model, inputs } = build();
    const before = await model.stateDict();
    const search = await findLearningRate(model, inputs, testSettings, { from: 1e-6, to: 1e9, steps: 31 });
    expect(search.diverged).toBe(true);
    expect(search.points.length).toBeLessThan(31);
    expect(differing(await model.stateDict(), before)).toEqual([]);
  });

  it('restores the model where it is stopped', async () => {
    const { model, inputs } = build();
    const before = await model.stateDict();
    const controller = new AbortController();
    const run = findLearningRate(model, inputs, testSettings, {
      signal: controller.signal,
      onPoint: (_point, done) => done === 2 && controller.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
    expect(differing(await model.stateDict(), before)).toEqual([]);
  });

  it.each([
    [{ from: 0 }, 'these go from 0 to 10'],
    [{ from: 1, to: 0.1 }, 'these go from 1 to 0.1'],
    [{ steps: 3 }, 'at least 10 steps, not 3'],
    [{ from: 1e25, to: 1e30 }, 'too soon to suggest a rate'],
  ])('refuses %j', async (options, message) => {
    const { model, inputs } = build();
    await expect(findLearningRate(model, inputs, testSettings, options)).rejects.toThrow(message);
  });
});

const curve = (...losses: number[]) =>
  losses.map((smoothed, i) => ({ rate: 10 ** (i - 6), loss: smoothed, smoothed }));

describe('the suggestion', () => {
  it('is in the middle of the longest fall, whatever noise is on it', () => {
    expect(valley(curve(1, 1, 1, 0.9, 0.95, 0.7, 0.5, 0.3, 0.6, 2))).toBe(1e-2);
  });

  it('or where the loss falls most steeply', () => {
    expect(steepest(curve(1, 1, 0.9, 0.7, 0.3, 0.2, 0.2, 1))).toBe(1e-3);
  });
});

describe('a curve that falls', () => {
  const random = createRandom(5);
  const curve = (lossAt: (share: number) => number, noise: number, count = 100) =>
    Array.from({ length: count }, (_, i) => {
      const loss = lossAt(i / (count - 1)) + noise * (random.uniform() - 0.5);
      return { rate: 10 ** (i / 20), loss, smoothed: loss };
    });
  const fallsLate = (share: number) => (share < 0.6 ? 0.7 : 0.7 - (share - 0.6));

  it.each([0.01, 0.1, 0.4])('is told from one that wanders by %f', (noise) => {
    const [falling, flat] = [curve(fallsLate, noise), curve(() => 0.7, noise)];
    expect(deepestFall(falling).deviations).toBeGreaterThan(4);
    expect(deepestFall(falling).share).toBeCloseTo(0.43, 1); // to 0.4 on average over the last fifth
    expect(deepestFall(flat).deviations).toBeLessThan(4);
    expect(deepestFall(curve((share) => 0.7 + share, noise)).deviations).toBeLessThan(4);
  });

  it('is told however few steps there are', () => {
    expect(deepestFall(curve(fallsLate, 0.01, 10)).deviations).toBeGreaterThan(4);
    expect(deepestFall(curve(() => 0.7, 0.01, 10)).deviations).toBeLessThan(4);
    expect(deepestFall(curve(() => 0.7, 0, 10))).toEqual({ share: 0, deviations: 0 });
  });
});
