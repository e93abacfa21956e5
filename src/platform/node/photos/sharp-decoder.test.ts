// What sharp reads against what Pillow shows, and what is kept from it.
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { zlibSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import {
  fixture,
  fixtureNames,
  golden,
  photo,
  photoGolden,
  photoNames,
} from '../../../../test/golden/fixtures.ts';
import { decodeImage } from '../../../data/decode.ts';
import { ImageError } from '../../../data/errors.ts';
import { type Colour, type DecodedImage, layOver, WHITE } from '../../../data/image.ts';
import { pngOf } from '../../../data/testing.ts';
import type { Transform } from '../../../data/resize.ts';
import { decodeFile } from '../../../data/source.ts';
import { createRandom } from '../../../random.ts';
import type { HeicDecode } from './heic.ts';
import { openSharp, type Sharp } from './sharp.ts';
import { sharpDecoder, type SharpDecoderOptions } from './sharp-decoder.ts';

const { sharp } = openSharp();
if (!sharp) console.log('skipped: photos read by sharp, which is not to be had here');

const by = (options: SharpDecoderOptions = {}) => sharpDecoder(sharp as Sharp, options);
const decode = async (bytes: Uint8Array, background?: Colour) => by()(bytes, { background });
const text = (string: string) => new TextEncoder().encode(string);

const ENDINGS = ['.jpg', '.png', '.webp', '.gif', '.bmp', '.avif'];

describe.skipIf(!sharp)('photos read by sharp', () => {
  it.each(ENDINGS.flatMap(fixtureNames))('%s has the pixels of Pillow', async (name) => {
    expect(same(await decode(fixture(name)), golden(name.replace(/\.\w+$/, '.ppm')))).toBe(true);
  });

  it.each(photoNames())('%s, as it is found in the wild, is as in Pillow', async (name) => {
    const expected = photoGolden(name);
    if (expected) expect(same(await decode(photo(name)), expected)).toBe(true);
    else await expect(decode(photo(name))).rejects.toThrow(ImageError);
  });

  it.each([
    'rgba-8.png',
    'rgba-16.png',
    'palette-trns.png',
    'grey-alpha-8.png',
    'rgb-trns.png',
    'grey-trns.png',
  ])('a background shows through %s as it does in the decoders of graft', async (name) => {
    const background = [250, 120, 10] as const;
    expect(same(await decode(fixture(name), background), decodeImage(fixture(name), { background }))).toBe(
      true,
    );
  });

  it.each(['webp-alpha.webp', 'avif-alpha.avif'])('a background shows through %s', async (name) => {
    const { width, height, data } = golden(name.replace(/\.\w+$/, '.ppm'));
    const expected = data.slice();
    // The opacity of these is 255 less their red, as make_data.py has it.
    for (let at = 0; at < data.length; at += 3) layOver(expected, at, 255 - (data[at] ?? 0), WHITE);
    expect(same(await decode(fixture(name), WHITE), { width, height, data: expected })).toBe(true);
  });

  it('an AVIF that is first an image of the general kind is read', async () => {
    const bytes = fixture('avif-rgb.avif');
    bytes.set(text('mif1'), 8);
    expect(String.fromCharCode(...bytes.subarray(16, 32))).toContain('avif');
    expect(same(await decode(bytes), golden('avif-rgb.ppm'))).toBe(true);
  });

  const WILD = new URL('../../../../../shared/data/wild-images/', import.meta.url);
  const hasWild = existsSync(WILD);
  if (!hasWild) console.log('skipped: files from the wild, because ../shared/data/wild-images is not here');
  it.skipIf(!hasWild)('all files from the wild are as in Pillow', async () => {
    const missed: string[] = [];
    for (const name of readdirSync(new URL('files/', WILD))) {
      const file = new URL(`expected/${name}.png`, WILD);
      const expected = existsSync(file) ? decodeImage(new Uint8Array(readFileSync(file))) : undefined;
      const bytes = new Uint8Array(readFileSync(new URL(`files/${name}`, WILD)));
      const image = await decode(bytes, undefined).catch((error: unknown) => {
        expect(error).toBeInstanceOf(ImageError);
        return undefined;
      });
      if (!(expected && image ? same(image, expected) : expected === image)) missed.push(name);
    }
    expect(missed).toEqual([]);
  });
});

describe.skipIf(!sharp)('what is kept from sharp', () => {
  /** Fails the test if anything is handed to it. */
  const untouched = sharpDecoder((() => {
    throw new Error('sharp was called');
  }) as unknown as Sharp);

  it.each<[what: string, bytes: Uint8Array, reason: RegExp]>([
    ['nothing', new Uint8Array(), /is empty/],
    ['a text', text('not a photo\n'), /is a text file/],
    ['an SVG', text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /is an SVG drawing/],
    [
      'an SVG behind a declaration',
      text('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
      /is an SVG drawing/,
    ],
    ['a PDF', text('%PDF-1.7\n'), /is a text file/],
    ['a compressed SVG', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), /not an image in a known format/],
    [
      'a picture of Photoshop',
      text('8BPS\0\x01............'),
      /is a Photoshop image; graft reads JPEG, PNG,/,
    ],
    ['a JPEG XL', Uint8Array.of(0xff, 0x0a, 0, 0), /is a JPEG XL image/],
    ['a JPEG 2000', Uint8Array.of(0xff, 0x4f, 0xff, 0x51), /is a JPEG 2000 image/],
    ['Radiance', text('#?RADIANCE\n'), /is a text file/],
    [
      'a PNG of 900 megapixels',
      pngOf([['IHDR', Uint8Array.of(0, 0, 117, 48, 0, 0, 117, 48, 8, 2, 0, 0, 0)]]),
      /900 megapixels/,
    ],
    [
      'a GIF of 900 megapixels',
      withUint16(fixture('gif-plain.gif'), [6, 30_000], [8, 30_000]),
      /900 megapixels/,
    ],
    [
      'a BMP of 900 megapixels',
      withUint16(fixture('bmp-rgb.bmp'), [18, 30_000], [22, 30_000]),
      /900 megapixels/,
    ],
  ])('%s', async (_, bytes, reason) => {
    const outcome = Promise.resolve(untouched(bytes, {}));
    await expect(outcome).rejects.toThrow(ImageError);
    await expect(outcome).rejects.toThrow(reason);
  });

  it('are read on while the library is opened again, by this thread and by others', async () => {
    const photos = Array.from({ length: 300 }, () => decode(fixture('rgba-8.png')));
    const opening = setInterval(() => {
      for (let i = 0; i < 100; i++) openSharp();
    });
    const others = new Worker(
      `const { getEnvironmentData, parentPort } = require('node:worker_threads');
       parentPort.postMessage(getEnvironmentData('graft: loaders of libvips'));`,
      { eval: true },
    );
    const [told] = (await once(others, 'message')) as unknown[];
    expect(told).toBe(true); // so that it leaves the choice alone
    await Promise.all(photos).finally(() => clearInterval(opening));
  });

  it('a GIF that is an SVG too is not drawn', async () => {
    const bytes = text(
      'GIF89a\x09\0\x09\0 <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    );
    await expect(decode(bytes)).rejects.toThrow(/is a GIF image that is damaged/);
    await expect(
      (sharp as Sharp)(text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))
        .raw()
        .toBuffer(),
    ).rejects.toThrow();
  });

  it.each(['plain.tif', 'plain.bmp', 'fill-bytes.jpg', 'turned.webp', 'no-end.png'])(
    'more pixels of %s than are allowed',
    async (name) => {
      await expect(by({ maxPixels: 500 })(photo(name), {})).rejects.toThrow(
        /29 × 19 pixels .*: make it smaller/,
      );
    },
  );

  it('a TIFF of 900 megapixels, from its header alone', async () => {
    const bytes = photo('plain.tif');
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(4, true);
    for (let i = 0; i < view.getUint16(directory, true); i++) {
      const entry = directory + 2 + 12 * i;
      const tag = view.getUint16(entry, true);
      if (tag !== 256 && tag !== 257 && tag !== 278) continue; // width, height, rows in a strip
      view.setUint16(entry + 2, 4, true);
      view.setUint32(entry + 8, 30_000, true);
    }
    await expect(decode(bytes)).rejects.toThrow(/pixel/);
  });

  it('a PNG whose text grows without end when it is unpacked', async () => {
    const [header, ...rest] = chunksOf(fixture('rgb-8.png'));
    const bomb = Buffer.concat([text('Raw profile type exif\0\0'), zlibSync(new Uint8Array(1 << 27))]);
    const before = process.memoryUsage().rss;
    const image = await decode(pngOf([header ?? ['IHDR', new Uint8Array()], ['zTXt', bomb], ...rest]));
    expect(same(image, golden('rgb-8.ppm'))).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(1 << 27);
  });
});

describe.skipIf(!sharp)('a photo that may be made smaller', () => {
  const size = 50;
  const transform: Transform = { kind: 'resize', width: size, height: size };
  /** Waves of many lengths, in three colours. */
  const waves = (width: number, height: number) =>
    Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const [x, y, colour] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      return 127 + 60 * Math.sin((x * x) / 9000 + colour) + 60 * Math.cos((x + y * (1 + colour)) / 7);
    });
  const file = (width: number, height: number) =>
    (sharp as Sharp)(waves(width, height), { raw: { width, height, channels: 3 } });
  const shown = async (bytes: Uint8Array, shrinkFrom?: number) => {
    const result = await decodeFile(
      { read: () => Promise.resolve(bytes) },
      'photo',
      { ...transform, shrinkFrom },
      by(),
    );
    if (!result.ok) throw new Error(result.reason);
    return result.image.data;
  };

  it.each([
    ['lies', 403, 297, 1],
    ['stands', 403, 297, 6],
    ['is upside down', 296, 401, 3],
  ])('is a level off at most in the mean where it %s', async (_, width, height, orientation) => {
    const bytes = await file(width, height).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const [whole, smaller] = [await shown(bytes), await shown(bytes, 4)];
    const off = whole.map((value, i) => Math.abs(value - (smaller[i] ?? NaN)));
    const sum = off.reduce((total, one) => total + one, 0);
    expect(sum).toBeGreaterThan(0); // it has been read otherwise
    expect(sum / off.length).toBeLessThan(1);
  });

  it.each([
    ['is not four times as large', () => file(199, 297).jpeg().toBuffer()],
    ['is a PNG', () => file(403, 297).png().toBuffer()],
    ['is made of inks', () => file(403, 297).toColourspace('cmyk').jpeg().toBuffer()],
  ])('is read whole where it %s', async (_, make) => {
    const bytes = await make();
    expect(await shown(bytes, 4)).toEqual(await shown(bytes));
  });
});

describe('HEIC', () => {
  const heic = (width: number, height: number) => {
    const word = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
    const box = (name: string, content: readonly number[]) => [
      ...word(8 + content.length),
      ...text(name),
      ...content,
    ];
    const size = box('ispe', [...word(0), ...word(width), ...word(height)]);
    return Uint8Array.from([
      ...box('ftyp', [...text('heic'), ...word(0)]),
      ...box('meta', [...word(0), ...size]),
    ]);
  };
  const load = (read: HeicDecode) =>
    sharpDecoder(undefined as unknown as Sharp, { loadHeic: () => Promise.resolve(read) });
  const picture = { width: 2, height: 1, data: Uint8ClampedArray.of(10, 20, 30, 255, 0, 0, 0, 0) };

  it('is read by the package that its user installed, which sees the file', async () => {
    const seen: Uint8Array[] = [];
    const decode = load(({ buffer }) => {
      seen.push(buffer);
      return Promise.resolve(picture);
    });
    const file = heic(2, 1);
    expect(await decode(file, {})).toEqual({ width: 2, height: 1, data: Uint8Array.of(10, 20, 30, 0, 0, 0) });
    expect(await decode(file, { background: WHITE })).toMatchObject({
      data: Uint8Array.of(10, 20, 30, 255, 255, 255),
    });
    expect(seen).toEqual([file, file]);
  });

  it('prints nothing of what the package finds in a file', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      const noisy = load(() => {
        console.log('\x1b[2J is in the file');
        return Promise.reject(new Error('damaged'));
      });
      await expect(noisy(heic(2, 1), {})).rejects.toThrow(ImageError);
      expect(print).not.toHaveBeenCalled();
      console.log('heard again');
      expect(print).toHaveBeenCalledOnce();
    } finally {
      print.mockRestore();
    }
  });

  it('says how to get the package', async () => {
    await expect(sharpDecoder(undefined as unknown as Sharp)(heic(2, 1), {})).rejects.toThrow(
      'is a HEIC image, which `npm install heic-decode` lets graft read; or save it as JPEG',
    );
  });

  it('is refused where the package fails, or before it is asked', async () => {
    const failing = load(() => Promise.reject(new TypeError('HEIF image not found')));
    await expect(failing(heic(2, 1), {})).rejects.toThrow(
      /is a HEIC image that is damaged .*\(HEIF image not found\)/,
    );
    const decode = load(() => Promise.reject(new Error('was asked')));
    await expect(decode(heic(30_000, 30_000), {})).rejects.toThrow(/900 megapixels/);
    await expect(decode(heic(2, 1).subarray(0, 30), {})).rejects.toThrow(/does not say how large it is/);
  });
});

describe.skipIf(!sharp)('damaged files', () => {
  const files = [
    ...[
      'rgb-420.jpg',
      'progressive.jpg',
      'cmyk.jpg',
      'palette-4.png',
      'rgb-8-interlaced.png',
      'webp-lossy.webp',
    ],
    ...['webp-animated.webp', 'gif-animated.gif', 'avif-alpha.avif'],
  ].map((name) => [name, fixture(name)] as const);
  const photos = ['lzw.tif', 'cmyk.tif', 'bits.tif', 'runs-8.bmp', 'runs-4.bmp', 'version-4.bmp', 'os2.bmp'];
  const all = [...files, ...photos.map((name) => [name, photo(name)] as const)];

  it.each(all)('%s in any state is read or refused', async (_, bytes) => {
    const random = createRandom(11);
    const small = by({ maxPixels: 1_000_000 });
    for (let trial = 0; trial < 150; trial++) {
      // A third of them cut, a third with damage in the header, a third anywhere.
      const damaged = trial % 3 === 0 ? bytes.slice(0, random.below(bytes.length)) : bytes.slice();
      const within = trial % 3 === 1 ? Math.min(100, bytes.length) : damaged.length;
      for (let i = 1 + random.below(4); i > 0 && within > 0; i--)
        damaged[random.below(within)] = random.below(256);
      const background = trial % 2 === 0 ? WHITE : undefined;
      const outcome = await Promise.resolve(small(damaged, { background })).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ImageError);
      else {
        const { width, height, data } = outcome as DecodedImage;
        expect(data.length).toBe(3 * width * height);
      }
    }
  });
});

/** Whether two images are one, to the bit; faster than an assertion on each number. */
const same = (a: DecodedImage, b: DecodedImage): boolean =>
  a.width === b.width && a.height === b.height && Buffer.compare(a.data, b.data) === 0;

function withUint16(
  bytes: Uint8Array,
  ...values: readonly (readonly [at: number, value: number])[]
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [at, value] of values) view.setUint16(at, value, true);
  return bytes;
}

function chunksOf(png: Uint8Array): (readonly [type: string, data: Uint8Array])[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: (readonly [string, Uint8Array])[] = [];
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    const data = png.subarray(at + 8, at + 8 + view.getUint32(at));
    chunks.push([String.fromCharCode(...png.subarray(at + 4, at + 8)), data]);
  }
  return chunks;
}
