import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { ImageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { Network } from '../../nn/index.ts';
import { freeze } from '../loop/freeze.ts';
import { colouredNoise, smallModel } from '../testing.ts';
import { FeatureStream } from './feature-stream.ts';
import { featureInputs, type FeatureInputs } from './features.ts';

let gpu: Gpu;
let model: Network;
const set = colouredNoise(7, 36, 4);
const look = { size: 32, batchSize: 3, views: 3, augment: 'strong', seed: 5 } as const;
const all = Uint32Array.of(6, 0, 3, 1, 2, 5, 4);

beforeAll(async () => {
  gpu = await testGpu();
  model = smallModel(gpu);
  freeze(model, 'head', 'running');
  model.eval();
});

async function streamed(most: number, photos: ImageSet = set): Promise<FeatureInputs> {
  const stream = new FeatureStream(model, { ...look, height: 36, width: 36, most });
  for (let i = 0; i < photos.count; i++) await stream.push(photos.image(i).slice());
  return stream.end(photos.labels);
}

/** What each epoch shows. */
const rowsOf = async (inputs: FeatureInputs) => {
  const rows = [];
  for (const epoch of [0, 1, 2, 3]) rows.push(await gpu.scope(() => inputs.features(all, epoch).read()));
  return rows;
};

describe('FeatureStream', () => {
  it.each([7, 11])(
    'gives the bits of a set that is read first, of %i photos that were expected',
    async (most) => {
      const [whole, stream] = [await featureInputs(model, set, look), await streamed(most)];
      expect(stream).toMatchObject({ count: 7, views: 3, labels: set.labels });
      expect(stream.secondsPerView).toBeGreaterThan(0);
      expect(await rowsOf(stream)).toEqual(await rowsOf(whole));
      whole.dispose();
      stream.dispose();
    },
  );

  it('gives its memory back, whether it came to its end or not', async () => {
    await gpu.finish();
    gpu.trim();
    const before = gpu.statistics.bytes;
    const stream = new FeatureStream(model, { ...look, height: 36, width: 36, most: 7 });
    for (const i of [0, 1, 2, 3]) await stream.push(set.image(i));
    await stream.dispose();
    const other = new FeatureStream(model, { ...look, height: 36, width: 36, most: 7 });
    (await other.end(new Int32Array())).dispose();
    await other.dispose();
    await gpu.finish();
    gpu.trim();
    expect(gpu.statistics.bytes).toBe(before);
  });
});
