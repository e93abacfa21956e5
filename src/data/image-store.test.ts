import { describe, expect, it } from 'vitest';
import { ImageStore } from './image-store.ts';

describe('ImageStore', () => {
  it('gives images back over the borders of its chunks, as views', () => {
    const bytes = 12;
    const store = new ImageStore(bytes, 4, 2 * bytes + 1);
    for (const value of [1, 2, 3]) store.push(new Uint8Array(bytes).fill(value));
    expect(store.count).toBe(3);
    for (const [i, value] of [1, 2, 3].entries()) {
      const image = store.image(i);
      expect(image).toHaveLength(bytes);
      expect([image[0], image.at(-1)]).toEqual([value, value]);
      expect(image.buffer.byteLength).toBe(2 * bytes);
    }
  });

  it('takes images larger than a chunk', () => {
    const store = new ImageStore(12, 2, 11);
    for (const value of [1, 2]) store.push(new Uint8Array(12).fill(value));
    expect(store.image(1)).toEqual(new Uint8Array(12).fill(2));
  });

  it('refuses images of another size, too many of them, and numbers of images that are not there', () => {
    const store = new ImageStore(3, 1);
    expect(() => store.push(new Uint8Array(4))).toThrow('Image 0 of 1 has 4 bytes, not 3.');
    store.push(new Uint8Array(3));
    expect(() => store.push(new Uint8Array(3))).toThrow(RangeError);
    for (const index of [-1, 1, 0.5, NaN])
      expect(() => store.image(index)).toThrow(`There is no image ${index} in a set of 1.`);
  });
});
