// Decoding against PIL's pixels, and against everything that a folder of photos may hold instead of photos.

import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fixture, fixtureNames, golden } from '../../test/golden/fixtures.ts';
import { decodeImage } from './decode.ts';
import { ImageError } from './errors.ts';
import { createRandom } from '../random.ts';
import { crc32, pngOf } from './testing.ts';

/** Mean and largest absolute difference of two images' samples, in levels of 255. */
function difference(actual: Uint8Array, expected: Uint8Array) {
  let sum = 0;
  let max = 0;
  actual.forEach((value, i) => {
    const delta = Math.abs(value - (expected[i] ?? NaN));
    sum += delta;
    max = Math.max(max, delta);
  });
  return { mean: sum / expected.length, max };
}

const stem = (name: string) => name.replace(/\.\w+$/, '');

describe('PNG', () => {
  it.each(fixtureNames('.png'))('%s decodes to the bytes that PIL gives', (name) => {
    expect(decodeImage(fixture(name))).toEqual(golden(`${stem(name)}.ppm`));
  });
});

describe('JPEG', () => {
  // jpeg-js rounds its inverse DCT otherwise than libjpeg, by one level mostly; more than
  // chance would show a real error.
  it.each(fixtureNames('.jpg'))('%s decodes to nearly the pixels that PIL gives', (name) => {
    const actual = decodeImage(fixture(name));
    const expected = golden(`${stem(name)}.ppm`);
    expect([actual.width, actual.height]).toEqual([expected.width, expected.height]);
    const { mean, max } = difference(actual.data, expected.data);
    expect(mean).toBeLessThan(0.6);
    expect(max).toBeLessThanOrEqual(6);
  });
});

/** A PNG's IHDR chunk, or a JPEG's frame header, with another size written into it. */
function withSize(name: 'rgb-8.png' | 'rgb-444.jpg', width: number, height: number): Uint8Array {
  const bytes = fixture(name);
  const view = new DataView(bytes.buffer);
  if (name === 'rgb-8.png') {
    view.setUint32(16, width);
    view.setUint32(20, height);
    view.setUint32(29, crc32(bytes.subarray(12, 29)));
  } else {
    const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
    view.setUint16(frame + 5, height);
    view.setUint16(frame + 7, width);
  }
  return bytes;
}

/** A PNG of one pixel by its header, with these scanlines. */
const pngWith = (header: Uint8Array, scanlines: Uint8Array) =>
  pngOf([
    ['IHDR', header],
    ['IDAT', zlibSync(scanlines)],
    ['IEND', new Uint8Array()],
  ]);

const text = (string: string) => new TextEncoder().encode(string);

describe('bad input', () => {
  it.each<[what: string, bytes: Uint8Array, reason: RegExp]>([
    ['an empty file', new Uint8Array(), /is empty \(0 bytes\)/],
    ['a text file', text('not a photo\n'), /is a text file/],
    ['other bytes', new Uint8Array([1, 2, 3, 4]), /not an image in a known format/],
    ['two bytes of a JPEG', new Uint8Array([0xff, 0xd8]), /is truncated/],
    ['a GIF', text('GIF89a..........'), /is a GIF image; graft reads JPEG and PNG: convert it/],
    ['a WebP', text('RIFF....WEBPVP8 '), /is a WebP image/],
    ['a HEIC', text('\0\0\0\x18ftypheic....'), /is a HEIC image/],
    ['an AVIF', text('\0\0\0\x18ftypavif....'), /is an AVIF image/],
    ['a BMP', text('BM....\0\0\0\0......'), /is a BMP image/],
    ['a TIFF', text('II*\0............'), /is a TIFF image/],
    ['half a JPEG', fixture('rgb-444.jpg').subarray(0, 500), /is truncated/],
    ['half a PNG', fixture('rgb-8.png').subarray(0, 120), /is truncated/],
    ['a huge PNG header', withSize('rgb-8.png', 30_000, 30_000), /30000 × 30000 pixels \(900 megapixels\)/],
    [
      'a huge JPEG header',
      withSize('rgb-444.jpg', 30_000, 30_000),
      /30000 × 30000 pixels \(900 megapixels\)/,
    ],
    ['a PNG of no width', withSize('rgb-8.png', 0, 9), /is corrupt: its header says 0 × 9 pixels/],
    ['a JPEG of no height', withSize('rgb-444.jpg', 37, 0), /is corrupt: its header says 37 × 0 pixels/],
    ['a JPEG header larger than its data', withSize('rgb-444.jpg', 9_000, 9_000), /cannot hold 9000 × 9000/],
    ['a PNG header larger than its data', withSize('rgb-8.png', 9_000, 9_000), /is truncated: only a part/],
    ['a PNG header a little too large', withSize('rgb-8.png', 13, 10), /is truncated: \d+ of 400 bytes/],
    ['a PNG with a wrong checksum', fixture('rgb-8.png').with(50, 0), /checksum of its chunk IDAT/],
    [
      'a PNG whose colour is not in its palette',
      pngWith(new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]), new Uint8Array([0, 9])),
      /its palette is missing/,
    ],
    [
      'a PNG with an unknown filter',
      pngWith(new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), new Uint8Array([7, 9])),
      /unknown filter 7/,
    ],
  ])('%s is refused', (_, bytes, reason) => {
    expect(() => decodeImage(bytes)).toThrow(ImageError);
    expect(() => decodeImage(bytes)).toThrow(reason);
  });

  it('respects a smaller limit on pixels', () => {
    expect(() => decodeImage(fixture('rgb-8.png'), { maxPixels: 100 })).toThrow(/13 × 9 pixels/);
  });

  it('does not inflate a stream that expands without end', () => {
    const bomb = pngWith(new Uint8Array([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]), new Uint8Array(1 << 26));
    const start = performance.now();
    expect(decodeImage(bomb)).toMatchObject({ width: 1, height: 1 });
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('damaged files', () => {
  const names = [
    'rgb-420.jpg',
    'progressive.jpg',
    'cmyk.jpg',
    'exif-6.jpg',
    'rgb-8-interlaced.png',
    'palette-4.png',
  ];

  it.each(names)('%s cut anywhere is refused', (name) => {
    const bytes = fixture(name);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeImage(bytes.subarray(0, length)), `first ${length} bytes`).toThrow(ImageError);
    }
  });

  it.each(names)('%s with flipped bits decodes or is refused, in bounded time', (name) => {
    const bytes = fixture(name);
    const random = createRandom(7);
    for (let trial = 0; trial < 2000; trial++) {
      const damaged = bytes.slice();
      for (let flips = 1 + random.below(3); flips > 0; flips--) {
        const at = random.below(damaged.length);
        damaged[at] = random.below(256);
      }
      const start = performance.now();
      try {
        decodeImage(damaged, { maxPixels: 1_000_000 });
      } catch (error) {
        expect(error).toBeInstanceOf(ImageError);
      }
      expect(performance.now() - start).toBeLessThan(2000);
    }
  });
});
