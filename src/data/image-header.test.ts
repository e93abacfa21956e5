import { describe, expect, it } from 'vitest';
import { fixture, fixtureNames, golden } from '../../test/golden/fixtures.ts';
import { createRandom } from '../random.ts';
import { declaredSize, isWhole, type SizedFormat } from './image-header.ts';

const ENDINGS: Readonly<Record<string, SizedFormat>> = {
  '.jpg': 'JPEG',
  '.png': 'PNG',
  '.webp': 'WebP',
  '.gif': 'GIF',
  '.bmp': 'BMP',
  '.avif': 'AVIF',
};
const files = Object.entries(ENDINGS).flatMap(([ending, format]) =>
  fixtureNames(ending).map((name) => [name, format] as const),
);

describe('the header of', () => {
  it.each(files)('%s says how large the image is', (name, format) => {
    const bytes = fixture(name);
    const { width, height } = golden(name.replace(/\.\w+$/, '.ppm'));
    const turned = /exif-[5-8]|png-exif-6/.test(name);
    expect(declaredSize(bytes, format)).toEqual(
      turned ? { width: height, height: width } : { width, height },
    );
    expect(isWhole(bytes, format)).toBe(true);
  });

  it.each(files)('%s is read safely, whatever is in it', (name, format) => {
    const bytes = fixture(name);
    for (let length = 0; length < bytes.length; length++) declaredSize(bytes.subarray(0, length), format);
    const random = createRandom(3);
    for (let trial = 0; trial < 300; trial++) {
      const damaged = bytes.slice();
      for (let i = 0; i < 3; i++) damaged[random.below(Math.min(300, damaged.length))] = random.below(256);
      const size = declaredSize(damaged, format);
      isWhole(damaged, format);
      if (size) expect(Number.isInteger(size.width * size.height)).toBe(true);
    }
  });

  it('a BMP says it in both of its kinds, whichever way its rows go', () => {
    const bytes = fixture('bmp-rgb.bmp');
    new DataView(bytes.buffer).setInt32(22, -9, true);
    expect(declaredSize(bytes, 'BMP')).toEqual({ width: 13, height: 9 });
    const old = new Uint8Array(26);
    old[14] = 12;
    old.set([13, 0, 9, 0], 18);
    expect(declaredSize(old, 'BMP')).toEqual({ width: 13, height: 9 });
  });

  it('a GIF does not hide a frame that is larger than its screen', () => {
    const bytes = fixture('gif-plain.gif');
    new DataView(bytes.buffer).setUint16(6, 1, true);
    expect(declaredSize(bytes, 'GIF')).toEqual({ width: 13, height: 9 });
  });
});

describe('a file that is cut', () => {
  it.each(files.filter(([, format]) => format === 'JPEG' || format === 'PNG' || format === 'WebP'))(
    '%s is not whole',
    (name, format) => {
      const bytes = fixture(name);
      for (const part of [0.2, 0.5, 0.9]) {
        const cut = bytes.subarray(0, Math.floor((bytes.length - 12) * part));
        expect(isWhole(cut, format), String(part)).toBe(false);
      }
    },
  );

  it('is not whole because its thumbnail is', () => {
    const bytes = fixture('rgb-444.jpg');
    const thumbnail = Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0, ...bytes.subarray(2, -2));
    expect(isWhole(thumbnail, 'JPEG')).toBe(false);
    expect(isWhole(Uint8Array.of(...thumbnail, 0xff, 0xd9), 'JPEG')).toBe(true);
  });
});
