import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import type { Dataset } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { chooseStrategy } from '../train/index.ts';
import { colouredNoise } from '../train/testing.ts';
import { trainFromRandom } from './demo.ts';
import { demoDefaults } from './settings.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const data: Dataset = {
  classes: ['red', 'blue'],
  ...{ train: colouredNoise(12, 32, 1), valid: colouredNoise(8, 32, 2), skipped: [], ignored: new Map() },
};
const facts = { images: 12, classes: 2, counts: [6, 6] };
const { config } = chooseStrategy({ ...demoDefaults, size: 32, epochs: 2 }, facts);

describe('trainFromRandom', () => {
  it('judges a network that knows nothing on all validation images, the same by every run, and keeps no memory', async () => {
    const first = await trainFromRandom(gpu, 'resnet18', data, config);
    expect(first?.count).toBe(8);
    await gpu.finish(); // memory is free again after the commands that used it
    const { buffers } = gpu.statistics;
    expect(await trainFromRandom(gpu, 'resnet18', data, config)).toEqual(first);
    await gpu.finish();
    expect(gpu.statistics.buffers).toBe(buffers);
    const other = await trainFromRandom(gpu, 'resnet18', data, { ...config, seed: config.seed + 1 });
    expect(other?.loss).not.toBe(first?.loss);
  });

  it('gives no result where it is stopped', async () => {
    const controller = new AbortController();
    const onEpoch = () => controller.abort();
    expect(
      await trainFromRandom(gpu, 'resnet18', data, config, { signal: controller.signal, onEpoch }),
    ).toBeUndefined();
  });
});
