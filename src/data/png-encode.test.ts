import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../test/golden/fixtures.ts';
import { createRandom } from '../random.ts';
import { decodeImage } from './decode.ts';
import { encodePng } from './png-encode.ts';

const random = createRandom(1);
const noisy = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, () => random.below(256)),
});

describe('encodePng', () => {
  it.each([
    ['a photo', decodeImage(fixture('rgb-8.png'))],
    ['a pixel', noisy(1, 1)],
    ['a row', noisy(300, 1)],
    ['a column', noisy(1, 300)],
    ['noise', noisy(37, 23)],
  ])('is read back by our reader and by pngjs: %s', (_, image) => {
    const bytes = encodePng(image);
    expect(decodeImage(bytes)).toEqual(image);
    const other = PNG.sync.read(Buffer.from(bytes));
    expect([other.width, other.height]).toEqual([image.width, image.height]);
    expect(Uint8Array.from(other.data.filter((_, i) => i % 4 !== 3))).toEqual(image.data);
  });

  it('refuses sizes that do not go with the data', () => {
    expect(() => encodePng({ width: 2, height: 2, data: new Uint8Array(11) })).toThrow(
      '11 bytes are not an RGB image',
    );
    expect(() => encodePng({ width: 0, height: 2, data: new Uint8Array(0) })).toThrow(RangeError);
  });
});
