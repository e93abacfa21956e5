// Photos read by a browser's own decoders, against what PIL shows and what graft's decoders show; and what is refused, by whom and why.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applyTransform,
  decodeImage,
  ImageError,
  type DecodedImage,
  type Transform,
} from '../../src/data/index.ts';
import { fixture, fixtureNames, golden, photo, photoGolden, photoNames } from '../golden/fixtures.ts';
import type { Told } from './decoding.ts';
import { hasBrowser, TestBrowser } from './harness.ts';

const there = hasBrowser("decoding by a browser's own decoders");

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const told = (image: Told): DecodedImage => {
  if ('reason' in image) throw new Error(image.reason);
  return { ...image, data: new Uint8Array(Buffer.from(image.data, 'base64')) };
};
const stem = (name: string) => name.replace(/\.\w+$/, '');
const text = (string: string) => new TextEncoder().encode(string);

/** Mean and largest absolute difference of two images' samples, in levels of 255; NaN where their sizes differ. */
function difference(actual: DecodedImage, expected: DecodedImage) {
  if (actual.width !== expected.width || actual.height !== expected.height) return { mean: NaN, max: NaN };
  let [sum, max] = [0, 0];
  actual.data.forEach((value, i) => {
    const delta = Math.abs(value - (expected.data[i] ?? NaN));
    sum += delta;
    max = Math.max(max, delta);
  });
  return { mean: sum / expected.data.length, max };
}

describe.skipIf(!there)("photos read by a browser's decoders", () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await TestBrowser.open({
      worker: 'test/browser/decoding.ts',
      modules: { decode: 'src/platform/web/decode-worker.ts' },
    });
  });
  afterAll(() => browser.close());

  /** In this order, by a browser of such readers. */
  const here = (files: readonly Uint8Array[], readers = 'all', maxPixels?: number) =>
    browser.call<{ told: Told[]; own: number }>('decodeHere', files.map(toBase64), readers, maxPixels);
  /** In the pool's workers, as a run does. */
  const inPool = (files: Readonly<Record<string, Uint8Array>>, decoder: string, transform: Transform) =>
    browser.call<Told[]>(
      'decode',
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, toBase64(bytes)])),
      decoder,
      transform,
    );
  const refused = async (bytes: Uint8Array, maxPixels?: number) => {
    const [only] = (await here([bytes], 'all', maxPixels)).told;
    return only && 'reason' in only ? only.reason : 'decoded';
  };

  it('are the pixels that PIL gives, in every format, orientation and kind of colour', async () => {
    const endings = ['.jpg', '.png', '.webp', '.gif', '.bmp', '.avif'];
    const names = endings.flatMap(fixtureNames);
    const { told: images, own } = await here(names.map(fixture));
    // Whose pixels are transparent; those of palette-trns.png are not.
    const ofGraft = names.filter((name) => /alpha.*png|rgba|(grey|rgb)-trns/.test(name));
    expect(own).toBe(ofGraft.length);
    for (const [i, name] of names.entries()) {
      const { max } = difference(told(images[i] ?? { reason: 'missing' }), golden(`${stem(name)}.ppm`));
      // The same library, or a format without losses. Inks become colours in a product that PIL rounds otherwise.
      expect(max, name).toBeLessThanOrEqual(/cmyk|ycck/.test(name) ? 1 : 0);
    }
  });

  it('are turned once, wherever a file says that they are to be', async () => {
    const names = photoNames().filter((name) => name.startsWith('orientation-'));
    const { told: images, own } = await here(names.map(photo));
    expect({ own, count: names.length }).toEqual({ own: 0, count: 6 });
    for (const [i, name] of names.entries())
      expect(difference(told(images[i] ?? { reason: 'missing' }), photoGolden(name)!).max, name).toBe(0); // all have one
  });

  it('are those of graft but for rounding in JPEGs, resampled by the same code', async () => {
    const names = [
      'exif-6.jpg',
      'rgb-420.jpg',
      'grey.jpg',
      'cmyk.jpg',
      'rgb-16.png',
      'rgba-8.png',
      'palette-trns.png',
    ];
    const files = Object.fromEntries(names.map((name) => [name, fixture(name)]));
    const transform = { kind: 'resize-short-crop', resize: 20, crop: 16 } as const;
    const byBrowser = await inPool(files, 'browser', transform);
    const byGraft = await inPool(files, 'graft', transform);
    for (const [i, name] of names.entries()) {
      const inNode = applyTransform(decodeImage(fixture(name)), transform);
      expect(byGraft[i] && told(byGraft[i]), name).toEqual(inNode);
      // jpeg-js rounds its inverse DCT otherwise than libjpeg, by one level mostly: as in decode.test.ts.
      const { mean, max } = difference(told(byBrowser[i] ?? { reason: 'missing' }), inNode);
      expect(mean, name).toBeLessThan(name.endsWith('.png') ? 1e-9 : 0.6);
      expect(max, name).toBeLessThanOrEqual(name.endsWith('.png') ? 0 : 6);
    }
  });

  it('show a background through what is transparent, as graft does', async () => {
    const background = [255, 255, 255] as const;
    const transform = { kind: 'resize', width: 13, height: 9, background } as const;
    const expected = decodeImage(fixture('rgba-8.png'), { background });
    const files = { png: fixture('rgba-8.png'), webp: fixture('webp-alpha.webp') };
    for (const decoded of await inPool(files, 'browser', transform)) expect(told(decoded)).toEqual(expected);
  });

  it('are read in pieces where they are large', async () => {
    expect(await browser.call('isLargeRight')).toBe(true);
  });

  it.each<[what: string, bytes: () => Uint8Array, reason: RegExp]>([
    ['an empty file', () => new Uint8Array(), /^is empty \(0 bytes\)/],
    ['a text file', () => text('not a photo\n'), /^is a text file/],
    [
      'an SVG',
      () => text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      /^is an SVG drawing/,
    ],
    ['a HEIC', () => heic(64, 64), /^is a HEIC image that this browser cannot read/],
    [
      'a TIFF',
      () => text('II*\0............'),
      /^is a TIFF image; graft reads JPEG, PNG, WebP, GIF, BMP, AVIF and HEIC/,
    ],
    ['half a JPEG', () => fixture('rgb-444.jpg').subarray(0, 500), /^is truncated/],
    ['half a PNG', () => fixture('rgb-8.png').subarray(0, 120), /^is truncated/],
    ['half a WebP', () => fixture('webp-lossless.webp').subarray(0, 150), /^is truncated/],
    [
      'half a GIF',
      () => fixture('gif-plain.gif').subarray(0, -20),
      /^is a GIF image that this browser cannot read/,
    ],
    [
      'half a BMP',
      () => fixture('bmp-rgb.bmp').subarray(0, 200),
      /^is a BMP image that this browser cannot read/,
    ],
    [
      'half an AVIF',
      () => fixture('avif-rgb.avif').subarray(0, 400),
      /^is an AVIF image that this browser cannot read/,
    ],
    [
      'the first bytes of a WebP',
      () => fixture('webp-lossy.webp').subarray(0, 20),
      /^is damaged: it does not say how large/,
    ],
    ['a huge AVIF', () => heic(30_000, 30_000, 'avif'), /^has 30000 × 30000 pixels \(900 megapixels\)/],
  ])('is told of %s', async (_, bytes, reason) => expect(await refused(bytes())).toMatch(reason));

  it('respects the limit on pixels in every format', async () => {
    for (const name of [
      'rgb-8.png',
      'webp-lossy.webp',
      'webp-lossless.webp',
      'webp-alpha.webp',
      'webp-animated.webp',
    ])
      expect(await refused(fixture(name), 100), name).toMatch(/^has 13 × 9 pixels/);
    for (const name of [
      'gif-plain.gif',
      'gif-animated.gif',
      'bmp-rgb.bmp',
      'bmp-palette.bmp',
      'avif-rgb.avif',
      'avif-alpha.avif',
    ])
      expect(await refused(fixture(name), 100), name).toMatch(/^has 13 × 9 pixels/);
    expect(await refused(fixture('rgb-444.jpg'), 100)).toMatch(/^has 37 × 27 pixels/);
  });

  it('go to graft where the browser alters what is read, even a little', async () => {
    const files = [fixture('rgb-420.jpg'), fixture('rgba-8.png'), fixture('webp-lossy.webp')];
    for (const readers of ['lying', 'turning nothing']) {
      const { told: images, own } = await here(files, readers);
      expect(own, readers).toBe(2);
      expect(images[0] && told(images[0])).toEqual(decodeImage(fixture('rgb-420.jpg')));
      expect(images[1] && told(images[1])).toEqual(decodeImage(fixture('rgba-8.png')));
      expect(images[2]).toEqual({
        reason: 'is a WebP image that this browser cannot read truly: save it as PNG or JPEG',
      });
    }
  });

  it('are told to be transparent where a browser cannot give their colours, and graft neither', async () => {
    const files = [
      fixture('rgb-420.jpg'),
      fixture('rgba-8.png'),
      fixture('webp-lossy.webp'),
      fixture('webp-alpha.webp'),
    ];
    const { told: images, own } = await here(files, 'canvas alone');
    expect(own).toBe(1);
    for (const [i, name] of ['rgb-420', 'rgba-8', 'webp-lossy'].entries())
      expect(images[i] && told(images[i]), name).toEqual(golden(`${name}.ppm`));
    expect(images[3]).toEqual({ reason: expect.stringContaining('has transparent pixels') });
  });

  const WILD = new URL('../../../shared/data/wild-images/', import.meta.url);
  const hasWild = existsSync(WILD);
  if (!hasWild) console.log('skipped: files from the wild, because ../shared/data/wild-images is not here');
  it.skipIf(!hasWild)(
    'are what PIL shows of files from the wild, more often than those of graft',
    async () => {
      const names = readdirSync(new URL('files/', WILD)).sort();
      const bytes = names.map((name) => new Uint8Array(readFileSync(new URL(`files/${name}`, WILD))));
      const { told: images } = await here(bytes);
      const missed: string[] = [];
      const missedByGraft: string[] = [];
      for (const [i, name] of names.entries()) {
        const file = new URL(`expected/${name}.png`, WILD);
        const expected = existsSync(file) ? decodeImage(new Uint8Array(readFileSync(file))) : undefined;
        const isRight = (image: DecodedImage | undefined) =>
          expected === undefined || image === undefined
            ? expected === image
            : difference(image, expected).mean < 1;
        const image = images[i];
        if (!isRight(image && 'data' in image ? told(image) : undefined)) missed.push(name);
        if (!isRight(byGraft(bytes[i] ?? new Uint8Array()))) missedByGraft.push(name);
      }
      // Two damaged PNGs that PIL forgives, one that it fills in its own way, and TIFF.
      expect(missed).toEqual([
        'idat-checksum-wrong.png',
        'no-iend.png',
        'palette-index-too-large.png',
        'tiff.tif',
      ]);
      expect(missedByGraft.length).toBeGreaterThan(missed.length);
    },
  );
});

function byGraft(bytes: Uint8Array): DecodedImage | undefined {
  try {
    return decodeImage(bytes);
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/** The head of a HEIC or an AVIF of that size, without an image in it. */
function heic(width: number, height: number, brand = 'heic'): Uint8Array {
  const box = (name: string, ...contents: readonly (readonly number[])[]): number[] => {
    const content = contents.flat();
    return [...word(8 + content.length), ...text(name), ...content];
  };
  const word = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const size = box('ispe', word(0), word(width), word(height));
  return Uint8Array.from([
    ...box('ftyp', [...text(brand)], word(0)),
    ...box('meta', word(0), box('iprp', box('ipco', size))),
  ]);
}
