import { describe, expect, it } from 'vitest';
import { BufferPool, sizeClass } from './pool.ts';

describe('sizeClass', () => {
  it('wastes at most a quarter, and steps of it are few', () => {
    const classes = new Set<number>();
    for (let bytes = 4; bytes < 2 ** 22; bytes = Math.ceil(bytes * 1.01)) {
      const size = sizeClass(bytes);
      expect(size).toBeGreaterThanOrEqual(bytes);
      expect(size).toBeLessThanOrEqual(Math.max(256, Math.ceil(bytes / 256) * 256 * 1.25));
      expect(size % 256).toBe(0);
      classes.add(size);
    }
    expect(classes.size).toBeLessThanOrEqual(4 * 13);
  });
});

describe('BufferPool', () => {
  it('creates no buffer above the limit for one that is just below it', () => {
    const created: number[] = [];
    const device = {
      limits: { maxBufferSize: 2 ** 20 - 4 },
      createBuffer({ size }: GPUBufferDescriptor) {
        created.push(size);
        return {};
      },
    } as unknown as GPUDevice;
    const pool = new BufferPool(device, () => undefined);
    const buffer = pool.take(2 ** 20 - 8);
    expect(created).toEqual([2 ** 20 - 4]);
    pool.give(buffer);
    expect(pool.take(2 ** 20 - 4)).toBe(buffer);
  });
});
