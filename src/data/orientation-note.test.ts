import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fixture, golden, photo, photoGolden } from '../../test/golden/fixtures.ts';
import { concat } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import { decodeImage } from './decode.ts';
import { inflateText } from './inflate-text.ts';
import { isNoteCompressed, readOrientationNote, withoutOrientationNotes } from './orientation-note.ts';

const text = (string: string) => Uint8Array.from(string, (character) => character.charCodeAt(0));
const uint32 = (value: number) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat([text(type), data]);
  return concat([uint32(data.length), body, uint32(crc32(body))]);
}
/** A PNG with more chunks behind its header. */
function png(...chunks: readonly Uint8Array[]): Uint8Array {
  const whole = fixture('rgb-8.png');
  const start = 8 + 25; // the signature and the header
  return concat([whole.subarray(0, start), ...chunks, whole.subarray(start)]);
}
/** EXIF whose one entry is an orientation of this type. */
const exif = (value: number, type = 3) =>
  concat([
    text('MM\0*\0\0\0\x08\0\x01\x01\x12'),
    Uint8Array.of(0, type, 0, 0, 0, 1),
    type === 4 ? uint32(value) : Uint8Array.of(0, value, 0, 0),
    uint32(0),
  ]);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const profile = (bytes: Uint8Array) => text(`\nexif\n${String(bytes.length).padStart(8)}\n${hex(bytes)}\n`);
const PROFILE = text('Raw profile type exif\0');
const xmp = (value: number) =>
  chunk('iTXt', text(`XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>${value}</tiff:Orientation>`));
const noted = (...chunks: readonly Uint8Array[]) => readOrientationNote(png(...chunks), 'PNG', inflateText);

describe('an orientation', () => {
  it.each([
    'orientation-0.jpg',
    'orientation-9.jpg',
    'orientation-long.jpg',
    'orientation-in-xmp.jpg',
    'orientation-in-xmp.png',
    'orientation-in-raw-profile.png',
  ])('of %s is followed by the decoders of graft as by Pillow', (name) => {
    const [image, expected] = [decodeImage(photo(name)), photoGolden(name)!]; // all are shown
    expect([image.width, image.height]).toEqual([expected.width, expected.height]);
    const off = image.data.reduce((sum, value, i) => sum + Math.abs(value - (expected.data[i] ?? NaN)), 0);
    // jpeg-js rounds otherwise than libjpeg, as in decode.test.ts.
    expect(off / image.data.length).toBeLessThan(name.endsWith('.png') ? 1e-9 : 0.6);
  });

  it('is usual as 16 bits of EXIF in its own place alone', () => {
    expect(readOrientationNote(fixture('exif-6.jpg'), 'JPEG', inflateText)).toEqual({
      orientation: 6,
      isUsual: true,
    });
    expect(readOrientationNote(fixture('png-exif-6.png'), 'PNG', inflateText)).toEqual({
      orientation: 6,
      isUsual: true,
    });
    expect(readOrientationNote(photo('orientation-long.jpg'), 'JPEG', inflateText)).toEqual({
      orientation: 6,
      isUsual: false,
    });
    expect(readOrientationNote(photo('orientation-in-xmp.jpg'), 'JPEG', inflateText)).toEqual({
      orientation: 6,
      isUsual: false,
    });
    expect(noted()).toEqual({ orientation: 1, isUsual: true });
  });

  it('in EXIF counts more than in a profile or XMP, even one that is none; the profile more than XMP', () => {
    expect(noted(chunk('tEXt', concat([PROFILE, profile(exif(8))])), xmp(3)).orientation).toBe(8);
    expect(
      noted(xmp(3), chunk('eXIf', exif(6)), chunk('tEXt', concat([PROFILE, profile(exif(8))]))).orientation,
    ).toBe(6);
    expect(noted(xmp(3), chunk('eXIf', exif(9))).orientation).toBe(1);
    expect(noted(xmp(3), chunk('eXIf', exif(1, 4)))).toEqual({ orientation: 1, isUsual: true });
    expect(noted(xmp(3), chunk('eXIf', text('MM\0*'))).orientation).toBe(3);
  });

  it('in text that is compressed is read, and of text without end only the beginning', () => {
    const compressed = (bytes: Uint8Array) =>
      chunk('zTXt', concat([PROFILE, Uint8Array.of(0), zlibSync(bytes)]));
    const named = concat([text('Exif\0\0'), exif(5)]);
    expect(noted(compressed(profile(named)))).toEqual({ orientation: 5, isUsual: false });
    expect(noted(compressed(concat([profile(named), new Uint8Array(2 ** 27)]))).orientation).toBe(5);
    expect(noted(compressed(new Uint8Array(2 ** 27))).orientation).toBe(1);
    expect(isNoteCompressed(png(compressed(profile(named))), 'PNG')).toBe(true);
    expect(isNoteCompressed(png(chunk('tEXt', concat([PROFILE, profile(named)]))), 'PNG')).toBe(false);
  });

  it.each(['zTXt', 'iTXt', 'tEXt', 'eXIf'])('in a damaged %s is none', (type) => {
    for (const data of ['', 'Raw profile type exif', 'Raw profile type exif\0\0x', 'XML:com.adobe.xmp\0\x01'])
      expect(noted(chunk(type, text(data)))).toEqual({ orientation: 1, isUsual: true });
  });

  it.each([
    'orientation-long.jpg',
    'orientation-in-xmp.jpg',
    'orientation-in-xmp.png',
    'orientation-in-raw-profile.png',
  ])('taken out of %s leaves the picture as it is stored', (name) => {
    const format = name.endsWith('.png') ? 'PNG' : 'JPEG';
    const bare = withoutOrientationNotes(photo(name), format);
    expect(readOrientationNote(bare, format, inflateText)).toEqual({ orientation: 1, isUsual: true });
    const image = decodeImage(bare);
    expect([image.height, image.width]).toEqual([photoGolden(name)?.width, photoGolden(name)?.height]);
  });

  it('is that of the first of two EXIF blocks, cut anywhere', () => {
    const two = png(chunk('eXIf', exif(6)), chunk('eXIf', exif(3)));
    expect(readOrientationNote(two, 'PNG', inflateText).orientation).toBe(6);
    expect(golden('png-exif-6.ppm').width).toBe(decodeImage(fixture('png-exif-6.png')).width);
    for (const [bytes, format] of [
      [two, 'PNG'],
      [photo('orientation-in-xmp.jpg'), 'JPEG'],
    ] as const)
      for (let length = 0; length < Math.min(bytes.length, 900); length++) {
        expect([1, 6]).toContain(
          readOrientationNote(bytes.subarray(0, length), format, inflateText).orientation,
        );
        withoutOrientationNotes(bytes.subarray(0, length), format);
      }
  });
});
