// Transparent PNGs on a background, of every way in which a PNG says how opaque it is. Pixels are worked out by hand.
import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import { ImageError } from './errors.ts';
import { WHITE, type Colour } from './image.ts';
import { makePng, type PngParts } from './testing.ts';

const decode = (parts: PngParts, background?: Colour) => [
  ...decodeImage(makePng(parts), { background }).data,
];
const BLUE: Colour = [0, 0, 255];

describe('a background', () => {
  it('shows through an alpha channel', () => {
    const rgba = { width: 3, depth: 8, colourType: 6, rows: [[9, 8, 7, 255, 9, 8, 7, 0, 100, 0, 200, 51]] };
    expect(decode(rgba, WHITE)).toEqual([9, 8, 7, 255, 255, 255, 224, 204, 244]);
    expect(decode(rgba, BLUE)).toEqual([9, 8, 7, 0, 0, 255, 20, 0, 244]);
    expect(decode(rgba)).toEqual([9, 8, 7, 9, 8, 7, 100, 0, 200]);
    const grey = { width: 2, depth: 8, colourType: 4, rows: [[50, 255, 50, 102]] };
    expect(decode(grey, WHITE)).toEqual([50, 50, 50, 173, 173, 173]);
  });

  it('shows through 16-bit alpha by its high byte', () => {
    const rows = [[10, 1, 20, 1, 30, 1, 0, 200, 10, 1, 20, 1, 30, 1, 255, 0]];
    expect(decode({ width: 2, depth: 16, colourType: 6, rows }, WHITE)).toEqual([255, 255, 255, 10, 20, 30]);
  });

  it('shows through the colours of a palette, of which the last may have no opacity given', () => {
    const palette = [1, 2, 3, 10, 20, 30, 100, 100, 100];
    const parts = {
      width: 3,
      depth: 2,
      colourType: 3,
      rows: [[0b00_01_10_00]],
      palette,
      transparency: [0, 127],
    };
    expect(decode(parts, WHITE)).toEqual([255, 255, 255, 133, 138, 143, 100, 100, 100]);
    expect(decode(parts)).toEqual(palette);
  });

  it('shows through the one transparent colour, which has to match in all its bits', () => {
    const rgb = {
      width: 2,
      depth: 8,
      colourType: 2,
      rows: [[1, 2, 3, 1, 2, 4]],
      transparency: [0, 1, 0, 2, 0, 3],
    };
    expect(decode(rgb, WHITE)).toEqual([255, 255, 255, 1, 2, 4]);
    const grey = { width: 2, depth: 1, colourType: 0, rows: [[0b01_000000]], transparency: [0, 1] };
    expect(decode(grey, BLUE)).toEqual([0, 0, 0, 0, 0, 255]);
    const deep = { width: 2, depth: 16, colourType: 0, rows: [[7, 1, 7, 2]], transparency: [7, 2] };
    expect(decode(deep, WHITE)).toEqual([7, 7, 7, 255, 255, 255]);
  });

  it('is nothing to an opaque image', () => {
    const parts = { width: 2, depth: 8, colourType: 2, rows: [[1, 2, 3, 4, 5, 6]] };
    expect(decode(parts, WHITE)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses a transparent colour that is cut off, and ignores it where nobody asks', () => {
    const parts = { width: 1, depth: 8, colourType: 2, rows: [[1, 2, 3]], transparency: [0, 1, 0] };
    expect(() => decode(parts, WHITE)).toThrow(ImageError);
    expect(() => decode(parts, WHITE)).toThrow(/transparent colour has 3 bytes/);
    expect(decode(parts)).toEqual([1, 2, 3]);
  });
});
