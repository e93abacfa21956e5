import { describe, expect, it } from 'vitest';
import { encodePng } from './png-encode.ts';
import { typicalSide } from './typical-side.ts';

const picture = (width: number, height: number) =>
  encodePng({ width, height, data: new Uint8Array(width * height * 3) });

function folder(pictures: readonly (Uint8Array | Error)[]) {
  const read: string[] = [];
  const files = {
    read(path: string) {
      read.push(path);
      const found = pictures[Number(path)];
      return found instanceof Uint8Array
        ? Promise.resolve(found)
        : Promise.reject(found ?? new Error('none'));
    },
  };
  return { files, read, photos: pictures.map((_, i) => ({ path: String(i) })) };
}

describe('the typical side of photos', () => {
  it('is the median of their shorter sides', async () => {
    const { files, photos } = folder([picture(10, 40), picture(30, 20), picture(50, 60)]);
    expect(await typicalSide(files, photos)).toBe(20);
    expect(await typicalSide(files, photos.slice(1))).toBe(20); // the lower of two
  });

  it('passes over what is no image, is cut short or cannot be read', async () => {
    const text = new TextEncoder().encode('no image');
    const { files, photos } = folder([
      text,
      new Uint8Array(),
      picture(9, 9).slice(0, 12),
      new Error('gone'),
      picture(7, 8),
    ]);
    expect(await typicalSide(files, photos)).toBe(7);
    expect(await typicalSide(files, photos.slice(0, 4))).toBeUndefined();
    expect(await typicalSide(files, [])).toBeUndefined();
  });

  it('looks at 25 photos from all over the list', async () => {
    const { files, photos, read } = folder(Array.from({ length: 1000 }, () => picture(8, 9)));
    expect(await typicalSide(files, photos)).toBe(8);
    expect(read).toEqual(Array.from({ length: 25 }, (_, i) => String(i * 40)));
  });
});
