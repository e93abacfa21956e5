import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import type { Gpu } from '../../gpu/index.ts';
import { batchPicture, contactSheet } from './batch-picture.ts';
import { ImageCache } from './image-cache.ts';
import { colouredNoise } from '../testing.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

describe('batchPicture', () => {
  it('shows the very bytes of images that nothing changes', async () => {
    const set = colouredNoise(5, 6, 1);
    const cache = await new ImageCache(gpu, set, { budgetBytes: 1e6 }).fill();
    const indices = [4, 1, 2];
    const options = { indices, size: 6, augment: 'none', seed: 1, epoch: 1, columns: 2 } as const;
    const sheet = await batchPicture(cache, options);
    expect([sheet.width, sheet.height]).toEqual([2 * 8 + 2, 2 * 8 + 2]);
    indices.forEach((index, i) => {
      const [left, top] = [2 + (i % 2) * 8, 2 + Math.floor(i / 2) * 8];
      for (let row = 0; row < 6; row++) {
        const at = ((top + row) * sheet.width + left) * 3;
        expect(sheet.data.subarray(at, at + 18)).toEqual(set.image(index).subarray(row * 18, (row + 1) * 18));
      }
    });
    for (let row = 10; row < 18; row++) {
      const fourthPlace = sheet.data.subarray((row * 18 + 10) * 3, (row + 1) * 18 * 3);
      expect(fourthPlace.every((v) => v === 255)).toBe(true);
    }
    cache.dispose();
  });

  it('shows other pictures in another epoch', async () => {
    const cache = new ImageCache(gpu, colouredNoise(4, 9, 1), { budgetBytes: 0 });
    const options = { indices: [0, 1, 2, 3], size: 6, augment: 'strong', seed: 1 } as const;
    const first = await batchPicture(cache, { ...options, epoch: 1 });
    expect(first.width).toBe(first.height);
    expect(await batchPicture(cache, { ...options, epoch: 2 })).not.toEqual(first);
    expect(await batchPicture(cache, { ...options, epoch: 1 })).toEqual(first);
  });
});

describe('contactSheet', () => {
  it('is no wider than its images', () => {
    expect(contactSheet(new Float32Array(12), { count: 1, size: 2 }, 8)).toMatchObject({
      width: 6,
      height: 6,
    });
  });

  it('refuses to show nothing', () => {
    expect(() => contactSheet(new Float32Array(), { count: 0, size: 2 })).toThrow('0 images');
    expect(() => contactSheet(new Float32Array(12), { count: 1, size: 2 }, 0)).toThrow(RangeError);
  });
});
