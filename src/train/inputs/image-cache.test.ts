import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Gpu } from '../../gpu/index.ts';
import { createRandom, permutation } from '../../random.ts';
import { drawAugmentation } from './augment.ts';
import { ImageCache } from './image-cache.ts';
import { imageTensor } from './images.ts';
import { colouredNoise } from '../testing.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** 25 images of 9 × 9 pixels: 243 bytes, 244 with the padding. */
const set = colouredNoise(25, 9, 3);
const STRIDE = 244;
const indices = permutation(25, createRandom(1));
const size = 7;
const changes = Array.from(indices, (index) =>
  drawAugmentation('strong', { height: 9, width: 9, size }, { seed: 1, epoch: 1, index }),
);
const read = (cache: ImageCache, chosen: ArrayLike<number> = indices, changed = changes) =>
  cache.gpu.scope(() => cache.tensor(chosen, size, changed).read());

describe('ImageCache', () => {
  it('fills a batch with the same bits from the cache, from the host and from both', async () => {
    const streamed = await gpu.scope(() => imageTensor(gpu, set, indices, size, changes).read());
    expect(streamed.every(Number.isFinite)).toBe(true);
    // Blocks of ten images: five in a block of their own or on the host, and batches cut for the binding.
    const limited = await testGpu({ maxBindingBytes: 10 * STRIDE });
    for (const budgetBytes of [0, STRIDE - 1, 3 * STRIDE, 13 * STRIDE, 25 * STRIDE, Infinity]) {
      const cache = await new ImageCache(gpu, set, { budgetBytes }).fill();
      const resident = Math.min(25, Math.floor(budgetBytes / STRIDE));
      expect([cache.residentBytes, cache.spilledBytes]).toEqual([
        resident * STRIDE,
        (25 - resident) * STRIDE,
      ]);
      expect(await read(cache)).toEqual(streamed);
      cache.dispose();

      const blocks = await new ImageCache(limited, set, { budgetBytes }).fill();
      expect(blocks.residentBytes).toBe(resident * STRIDE);
      for (const at of [0, 4, 8]) {
        const [chosen, changed] = [indices.slice(at, at + 4), changes.slice(at, at + 4)];
        expect(await read(blocks, chosen, changed)).toEqual(
          streamed.subarray(at * size * size * 3, (at + 4) * size * size * 3),
        );
      }
      blocks.dispose();
      await limited.finish();
    }
  });

  it('shows an image the same way in every batch', async () => {
    const cache = await new ImageCache(gpu, set, { budgetBytes: 13 * STRIDE }).fill();
    const together = await read(cache);
    const floats = size * size * 3;
    for (const place of [0, 7, 24]) {
      const alone = await read(cache, indices.slice(place, place + 1), changes.slice(place, place + 1));
      expect(alone).toEqual(together.subarray(place * floats, (place + 1) * floats));
    }
    cache.dispose();
  });

  it('crops in the centre where nothing else is said', async () => {
    const cache = await new ImageCache(gpu, set, { budgetBytes: Infinity }).fill();
    const direct = await gpu.scope(() => imageTensor(gpu, set, [3], size).read());
    expect(await gpu.scope(() => cache.tensor([3], size).read())).toEqual(direct);
    cache.dispose();
  });

  it('takes one run of each kernel a block, and no upload of images that stay', async () => {
    const cache = await new ImageCache(gpu, set, { budgetBytes: Infinity }).fill();
    await read(cache);
    const before = gpu.statistics;
    await read(cache);
    expect(gpu.statistics.dispatches - before.dispatches).toBe(4); // the grey means and the images, where photos are sampled once and where several times a pixel
    expect(gpu.statistics.bytes).toBe(before.bytes);
    cache.dispose();
  });

  it('goes by one plan, however many of a batch are read in which way', async () => {
    const cache = await new ImageCache(gpu, set, { budgetBytes: Infinity }).fill();
    const crop = (side: number) => ({ ...changes[0]!, crop: { x: 0, y: 0, width: side, height: side } });
    const [enlarged, shrunk] = [crop(5), crop(9)];
    const batch = (first: number) => Array.from({ length: 4 }, (_, i) => (i < first ? enlarged : shrunk));
    await read(cache); // and so the images are up
    await read(cache, [0, 1, 2, 3], batch(1));
    const before = gpu.statistics;
    for (const first of [2, 3]) await read(cache, [0, 1, 2, 3], batch(first));
    expect(gpu.statistics.dispatches - before.dispatches).toBe(2 * 4);
    expect(gpu.statistics.plans).toBe(before.plans);
    cache.dispose();
  });

  it('gives its memory back', async () => {
    const own = await testGpu();
    const cache = await new ImageCache(own, set, { budgetBytes: Infinity }).fill();
    await read(cache);
    cache.dispose();
    cache.dispose();
    await own.finish();
    own.trim();
    expect(own.statistics).toMatchObject({ buffers: 0, bytes: 0 });
  });

  it('refuses images that are not there, and a budget below 0', async () => {
    const cache = await new ImageCache(gpu, set, { budgetBytes: 13 * STRIDE }).fill();
    for (const index of [-1, 25, 1.5, NaN])
      await expect(read(cache, [index], changes.slice(0, 1))).rejects.toThrow(
        `There is no image ${index} in a set of 25.`,
      );
    await expect(read(cache, [1, 2], changes.slice(0, 1))).rejects.toThrow('1 augmentations for 2 images');
    cache.dispose();
    for (const budgetBytes of [-1, NaN])
      expect(() => new ImageCache(gpu, set, { budgetBytes })).toThrow('a budget of');
  });
});
