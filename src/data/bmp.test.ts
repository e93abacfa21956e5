// What the files of test/golden/photos, which Pillow reads, do not hold: run lengths that jump, masks of few bits, headers that lie.
import { describe, expect, it } from 'vitest';
import { photo, photoNames } from '../../test/golden/fixtures.ts';
import { createRandom } from '../random.ts';
import { decodeBmp } from './bmp.ts';
import { unpackRuns } from './bmp-runs.ts';
import { ImageError } from './errors.ts';

const names = photoNames().filter((name) => name.endsWith('.bmp') && name !== 'half.bmp');

/** A BMP of a few pixels, whose header says what `fields` say. */
function bmp(
  fields: Readonly<Record<number, number>>,
  pixels: readonly number[],
  masks: readonly number[] = [],
) {
  const bytes = new Uint8Array(54 + 4 * masks.length + pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  const defaults = { 10: 54 + 4 * masks.length, 14: 40, 18: 2, 22: 1, 26: 1, 28: 32 };
  for (const [at, value] of Object.entries({ ...defaults, ...fields }))
    view.setUint32(Number(at), value, true);
  masks.forEach((mask, i) => view.setUint32(54 + 4 * i, mask, true));
  bytes.set(pixels, 54 + 4 * masks.length);
  return bytes;
}
const MASKS = { 30: 3 };
const MASKS_WITH_ALPHA = { 30: 6 };

describe('BMP', () => {
  it('spreads masks of any number of bits over 0 … 255, and reads opacity where something is to show through', () => {
    const two = [0b1110_0001, 0, 0, 0x80, 0, 0b11, 0, 0];
    const masks = [0xe0, 0x1, 0x300, 0x80000000];
    const bytes = bmp(MASKS_WITH_ALPHA, two, masks);
    expect([...decodeBmp(bytes).data]).toEqual([255, 255, 0, 0, 0, 255]);
    expect([...decodeBmp(bytes, { background: [1, 2, 3] }).data]).toEqual([255, 255, 0, 1, 2, 3]);
    expect([...decodeBmp(bmp(MASKS, two, [0, 0, 0x300])).data]).toEqual([0, 0, 0, 0, 0, 255]);
  });

  it.each<[what: string, bytes: Uint8Array, reason: RegExp]>([
    ['a head alone', bmp({}, []).subarray(0, 20), /is truncated: it ends after 20 bytes, in its header/],
    ['a header that goes beyond the file', bmp({ 14: 4000 }, []), /is truncated: .* in its header/],
    ['a header of an unknown kind', bmp({ 14: 13 }, []), /is a corrupt BMP \(a header of 13 bytes\)/],
    ['a JPEG inside', bmp({ 30: 4 }, []), /32 bits a pixel in coding 4, which graft cannot read/],
    ['3 bits a pixel', bmp({ 28: 3 }, []), /3 bits a pixel in coding 0/],
    ['masks of 24 bits', bmp({ 28: 24, ...MASKS }, []), /24 bits a pixel in coding 3/],
    ['no width', bmp({ 18: 0 }, []), /0 × 1 pixels/],
    ['a negative width', bmp({ 18: -5 >>> 0 }, []), /0 × 1 pixels/],
    ['900 megapixels', bmp({ 18: 30_000, 22: 30_000 }, []), /900 megapixels/],
    ['the least height there is', bmp({ 22: 0x80000000 }, []), /2147483648 pixels/],
    ['half of its pixels', bmp({}, [1, 2, 3, 4]), /is truncated: 4 of 8 bytes of pixels are there/],
    ['pixels beyond its end', bmp({ 10: 1e9 }, [1, 2, 3, 4]), /is truncated: 0 of 8 bytes/],
  ])('%s is refused', (_, bytes, reason) => {
    expect(() => decodeBmp(bytes)).toThrow(ImageError);
    expect(() => decodeBmp(bytes)).toThrow(reason);
  });

  it.each(names)('%s cut anywhere is refused, and damaged is read or refused', (name) => {
    const bytes = photo(name);
    for (let length = 0; length < bytes.length - 4; length++)
      expect(() => decodeBmp(bytes.subarray(0, length)), `first ${length} bytes`).toThrow(ImageError);
    const random = createRandom(5);
    for (let trial = 0; trial < 500; trial++) {
      const damaged = bytes.slice();
      for (let i = 0; i < 3; i++)
        damaged[random.below(trial % 2 === 0 ? 60 : damaged.length)] = random.below(256);
      try {
        const { width, height, data } = decodeBmp(damaged, { maxPixels: 100_000 });
        expect(data.length).toBe(3 * width * height);
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError);
      }
    }
  });
});

describe('run lengths', () => {
  const rows = (depth: 4 | 8, ...coded: number[]) =>
    [...unpackRuns(Uint8Array.from(coded), { width: 3, height: 2, depth })].join(' ');

  it('repeat a pixel, or two of 4 bits in turns, and do not leave their row', () => {
    expect(rows(8, 2, 7, 1, 8, 0, 0, 9, 5, 0, 1)).toBe('7 7 8 5 5 5');
    expect(rows(4, 3, 0xab, 0, 0, 9, 0xcd, 0, 1)).toBe('10 11 10 12 13 12');
  });

  it('give pixels as they are, an odd number of them too, filled up to 2 bytes', () => {
    expect(rows(8, 0, 3, 7, 8, 9, 0, 0, 0, 3, 1, 0, 0, 0, 1)).toBe('7 8 9 1 1 1');
    expect(rows(4, 0, 3, 0xab, 0xc0, 0, 0, 3, 0x11, 0, 1)).toBe('10 11 12 1 1 1');
  });

  it('jump over pixels, which stay 0', () => {
    expect(rows(8, 1, 7, 0, 2, 1, 1, 1, 9, 0, 0)).toBe('7 0 0 0 0 9');
  });

  it('are truncated if they end before the last row does', () => {
    for (const coded of [[], [3, 7], [3, 7, 0, 0], [3, 7, 0, 0, 2, 7, 0, 1], [0, 2], [0, 9, 1]])
      expect(() => rows(8, ...coded), coded.join(' ')).toThrow(/is truncated: \d of 2 rows/);
  });
});
