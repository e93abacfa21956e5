// PNG to RGB: every colour type, depth and interlacing of the standard, on fflate's inflate. It is written here because
// pngjs needs Node's streams and zlib, and replaces transparent pixels by black where PIL keeps their colour.

import { Unzlib } from 'fflate';
import { ImageError } from './errors.ts';
import { checkImageSize, type Colour, type DecodedImage, layOver } from './image.ts';
import { alphaReader } from './png-alpha.ts';
import { COLOUR, type PngChunks, type PngHeader, readPngChunks } from './png-chunks.ts';

/**
 * Decodes a PNG to RGB [H, W, 3]; 16-bit samples keep their high byte. Transparent pixels show `background` through;
 * where there is none, alpha is dropped.
 * @throws ImageError with a reason, or what fflate throws for a damaged zlib stream.
 */
export function decodePng(bytes: Uint8Array, maxPixels: number, background?: Colour): DecodedImage {
  const chunks = readPngChunks(bytes, ({ width, height }) => checkImageSize(width, height, maxPixels));
  const { header } = chunks;
  const { width, height } = header;
  const passes = header.interlaced ? ADAM7 : WHOLE;
  const sizes = passes.map((pass) => passSize(pass, header));
  const scanlines = inflate(
    chunks.compressed,
    sizes.reduce((sum, { rows, rowBytes }) => sum + rows * rowBytes, 0),
  );

  const data = new Uint8Array(width * height * 3);
  const writeRow = rowWriter(chunks, data, background);
  let offset = 0;
  passes.forEach((pass, i) => {
    const { columns, rows, rowBytes } = sizes[i] ?? { columns: 0, rows: 0, rowBytes: 0 };
    let previous: Uint8Array = new Uint8Array(Math.max(rowBytes - 1, 0));
    for (let row = 0; row < rows; row++, offset += rowBytes) {
      const line = scanlines.subarray(offset + 1, offset + rowBytes);
      unfilter(scanlines[offset] ?? 0, line, previous, bytesPerPixel(header));
      writeRow(line, columns, (pass.y + row * pass.dy) * width + pass.x, pass.dx);
      previous = line;
    }
  });
  return { width, height, data };
}

/** First pixel of an interlacing pass and its distance to the next ones. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}
const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

const channels = ({ colourType }: PngHeader) =>
  colourType === 3 ? 1 : (colourType & COLOUR.colour ? 3 : 1) + (colourType & COLOUR.alpha ? 1 : 0);

/** Distance of the filters' "left" neighbour, at least one byte. */
const bytesPerPixel = (header: PngHeader) => Math.ceil((channels(header) * header.depth) / 8);

/** Columns and rows of a pass, and bytes of a row with its leading filter byte; a pass without columns has no rows. */
function passSize(pass: Pass, header: PngHeader) {
  const columns = Math.max(0, Math.ceil((header.width - pass.x) / pass.dx));
  const rows = columns === 0 ? 0 : Math.max(0, Math.ceil((header.height - pass.y) / pass.dy));
  return { columns, rows, rowBytes: 1 + Math.ceil((columns * channels(header) * header.depth) / 8) };
}

/** Deflate cannot expand by more than this (two bits for a match of 258 bytes). */
const MAX_DEFLATE_RATIO = 1032;
/**
 * Compressed bytes inflated at a time: bounds what a stream that expands without end
 * takes. 4 KiB measured fastest, too.
 */
const INFLATE_STEP = 4096;

/** Inflates exactly `size` bytes and ignores any that follow, as libpng does. */
function inflate(compressed: Uint8Array, size: number): Uint8Array {
  const tooShort = (got: string) =>
    new ImageError(`is truncated: ${got} of ${size} bytes of pixels are there`);
  if (compressed.length * MAX_DEFLATE_RATIO < size) throw tooShort('only a part');
  const out = new Uint8Array(size);
  let filled = 0;
  const stream = new Unzlib((chunk) => {
    const wanted = chunk.subarray(0, size - filled);
    out.set(wanted, filled);
    filled += wanted.length;
  });
  for (let at = 0; at < compressed.length && filled < size; at += INFLATE_STEP) {
    stream.push(compressed.subarray(at, at + INFLATE_STEP), false);
  }
  if (filled < size) throw tooShort(String(filled));
  return out;
}

/** Undoes a scanline's filter in place (PNG § 9); `previous` is the unfiltered line above, zeros for the first. */
function unfilter(filter: number, line: Uint8Array, previous: Uint8Array, bpp: number): void {
  const at = (bytes: Uint8Array, i: number) => bytes[i] ?? 0;
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = bpp; i < line.length; i++) line[i] = at(line, i) + at(line, i - bpp);
      return;
    case 2:
      for (let i = 0; i < line.length; i++) line[i] = at(line, i) + at(previous, i);
      return;
    case 3:
      for (let i = 0; i < line.length; i++) {
        const left = i < bpp ? 0 : at(line, i - bpp);
        line[i] = at(line, i) + ((left + at(previous, i)) >> 1);
      }
      return;
    case 4:
      for (let i = 0; i < line.length; i++) {
        const left = i < bpp ? 0 : at(line, i - bpp);
        const upLeft = i < bpp ? 0 : at(previous, i - bpp);
        line[i] = at(line, i) + paeth(left, at(previous, i), upLeft);
      }
      return;
    default:
      throw new ImageError(`is a corrupt PNG (unknown filter ${filter})`);
  }
}

/** Of three neighbours the one nearest to left + up − upLeft (PNG § 9.4). */
export function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const dLeft = Math.abs(estimate - left);
  const dUp = Math.abs(estimate - up);
  const dUpLeft = Math.abs(estimate - upLeft);
  if (dLeft <= dUp && dLeft <= dUpLeft) return left;
  return dUp <= dUpLeft ? up : upLeft;
}

/**
 * Gives a function that writes one unfiltered scanline of `columns` pixels into the RGB image `out`, from pixel `first`
 * on, `step` pixels apart.
 */
function rowWriter({ header, palette, transparency }: PngChunks, out: Uint8Array, background?: Colour) {
  const alphaOf = background && alphaReader(header, transparency);
  const { depth, colourType } = header;
  const stride = channels(header);
  const samples = depth === 8 ? undefined : new Uint8Array(header.width * stride);
  const isColour = colourType === 2 || colourType === 6;
  if (colourType === 3 && !palette) throw new ImageError('is a corrupt PNG (its palette is missing)');
  // Grey is a palette of its own: a sample of 1, 2 or 4 bits spreads over 0 … 255.
  const greyScale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  const colours =
    colourType === 3 && palette
      ? palette
      : Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3) * greyScale);

  return (line: Uint8Array, columns: number, first: number, step: number): void => {
    const values = samples ? unpack(line, depth, samples.subarray(0, columns * stride)) : line;
    for (let x = 0, from = 0, to = 3 * first; x < columns; x++, from += stride, to += 3 * step) {
      const source = isColour ? values : colours;
      const at = isColour ? from : 3 * (values[from] ?? 0);
      const blue = source[at + 2];
      if (blue === undefined) {
        throw new ImageError(`is a corrupt PNG (colour ${at / 3} is not in its palette)`);
      }
      out[to] = source[at] ?? 0;
      out[to + 1] = source[at + 1] ?? 0;
      out[to + 2] = blue;
      if (alphaOf) layOver(out, to, alphaOf(line, values, x), background);
    }
  };
}

/** Spreads packed samples of 1, 2 or 4 bits to a byte each, and keeps the high byte of 16-bit ones. */
function unpack(line: Uint8Array, depth: number, samples: Uint8Array): Uint8Array {
  const mask = (1 << depth) - 1;
  for (let i = 0; i < samples.length; i++) {
    if (depth === 16) {
      samples[i] = line[2 * i] ?? 0;
    } else {
      const bit = i * depth;
      samples[i] = ((line[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return samples;
}
