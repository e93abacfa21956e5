import { describe, expect, it } from 'vitest';
import { bindingChunks } from './chunks.ts';

const limits = { maxBindingBytes: 4096, bindingAlignment: 256 };

describe('bindingChunks', () => {
  it('leaves whole what fits', () => {
    expect(bindingChunks(limits, 4, 1024, 12)).toEqual([{ first: 0, count: 4 }]);
  });

  it.each([
    { items: 100, bytes: [512] },
    { items: 17, bytes: [768, 128] },
    { items: 1000, bytes: [4, 12, 60] },
    { items: 9, bytes: [2048 + 128] },
  ])(
    'cuts $items items of $bytes bytes where bindings may start, and within the limit',
    ({ items, bytes }) => {
      let next = 0;
      for (const { first, count } of bindingChunks(
        { ...limits, maxBindingBytes: 2 * 4096 },
        items,
        ...bytes,
      )) {
        expect(first).toBe(next);
        next += count;
        for (const size of bytes) {
          expect((first * size) % 256).toBe(0);
          expect(count * size).toBeLessThanOrEqual(2 * 4096);
        }
      }
      expect(next).toBe(items);
    },
  );

  it('cuts finer where an adapter lets bindings start at finer steps', () => {
    const cut = bindingChunks({ ...limits, bindingAlignment: 16 }, 9, 900);
    expect(cut).toEqual([0, 4, 8].map((first) => ({ first, count: Math.min(4, 9 - first) })));
  });

  it('says what would fit', () => {
    expect(() => bindingChunks(limits, 2, 5000)).toThrow(/cannot be cut: use smaller images/);
    // Only every 64th item of 900 bytes starts at a multiple of 256.
    expect(() => bindingChunks(limits, 5, 900)).toThrow(/use a batch of at most 4, or an image size/);
  });
});
