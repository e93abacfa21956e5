// BMP to RGB, as Pillow shows it: palettes, 16 to 32 bits, bit masks and run lengths, in rows from below or from above. It is written
// here because libvips as sharp brings it reads no BMP, and the readers on npm take memory by what a header says or know few kinds.

import { readBmpHeader, type BmpHeader } from './bmp-header.ts';
import { unpackRuns } from './bmp-runs.ts';
import { ImageError } from './errors.ts';
import { checkImageSize, type Colour, DEFAULT_MAX_PIXELS, type DecodedImage, layOver } from './image.ts';

export interface BmpOptions {
  /** Larger images are refused before memory is taken for them. Default: 100 megapixels. */
  readonly maxPixels?: number;
  /** What shows through transparent pixels. Default: nothing, their opacity is dropped. */
  readonly background?: Colour | undefined;
}

/**
 * Decodes a BMP to RGB [H, W, 3].
 * @throws ImageError with a reason, for anything that is not a whole and sound BMP.
 */
export function decodeBmp(
  bytes: Uint8Array,
  { maxPixels = DEFAULT_MAX_PIXELS, background }: BmpOptions = {},
): DecodedImage {
  const header = readBmpHeader(bytes);
  const { width, height, isTopDown } = header;
  checkImageSize(width, height, maxPixels);
  const { rows, rowBytes } = storedRows(bytes, header);
  const data = new Uint8Array(width * height * 3);
  const writePixel = pixelWriter(header, data, background);
  for (let y = 0; y < height; y++) {
    const stored = isTopDown ? y : height - 1 - y;
    const row = rows.subarray(stored * rowBytes, (stored + 1) * rowBytes);
    for (let x = 0, to = 3 * y * width; x < width; x++, to += 3) writePixel(row, x, to);
  }
  return { width, height, data };
}

/** The rows as they are stored; of run lengths, unpacked to a byte a pixel. */
function storedRows(bytes: Uint8Array, { width, height, depth, coding, pixelsAt }: BmpHeader) {
  const coded = bytes.subarray(pixelsAt);
  if (coding === 'runs') return { rows: unpackRuns(coded, { width, height, depth }), rowBytes: width };
  const rowBytes = 4 * Math.ceil((width * depth) / 32);
  // The padding of the last row may be missing.
  const needed = rowBytes * (height - 1) + Math.ceil((width * depth) / 8);
  if (coded.length < needed)
    throw new ImageError(`is truncated: ${coded.length} of ${needed} bytes of pixels are there`);
  return { rows: coded, rowBytes };
}

/** Writes pixel `x` of a stored row to `out[to …]`. */
type PixelWriter = (row: Uint8Array, x: number, to: number) => void;

function pixelWriter(header: BmpHeader, out: Uint8Array, background: Colour | undefined): PixelWriter {
  const { depth, coding, palette, masks } = header;
  if (depth <= 8) {
    // Runs are unpacked already.
    const bits = coding === 'runs' ? 8 : depth;
    const mask = (1 << bits) - 1;
    return (row, x, to) => {
      const at = x * bits;
      const index = ((row[at >> 3] ?? 0) >> (8 - bits - (at & 7))) & mask;
      for (let channel = 0; channel < 3; channel++) out[to + channel] = palette[3 * index + channel] ?? 0;
    };
  }
  if (depth === 24)
    return (row, x, to) => {
      for (let channel = 0; channel < 3; channel++) out[to + channel] = row[3 * x + 2 - channel] ?? 0;
    };
  const colours = [masks.red, masks.green, masks.blue].map(sampleReader);
  const alpha = background && masks.alpha !== 0 ? sampleReader(masks.alpha) : undefined;
  return (row, x, to) => {
    const pixel = wordAt(row, x, depth);
    colours.forEach((read, channel) => (out[to + channel] = read(pixel)));
    if (alpha && background) layOver(out, to, alpha(pixel), background);
  };
}

function wordAt(row: Uint8Array, x: number, depth: number): number {
  const at = (x * depth) / 8;
  const low = (row[at] ?? 0) | ((row[at + 1] ?? 0) << 8);
  return depth === 16 ? low : (low | ((row[at + 2] ?? 0) << 16) | ((row[at + 3] ?? 0) << 24)) >>> 0;
}

/** The bits of a pixel under `mask` as 0 … 255, rounded down as Pillow does. */
function sampleReader(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255) / most);
}
