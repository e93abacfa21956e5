// The run lengths of BMP (BI_RLE8 and BI_RLE4): two bytes are a count and the pixels to repeat; a count of 0 is an escape for the end of a
// row, of the picture, a jump, or pixels as they are.

import { ImageError } from './errors.ts';

export interface RunShape {
  readonly width: number;
  readonly height: number;
  /** Bits of a pixel: 8 or 4. */
  readonly depth: number;
}

/**
 * Unpacks run lengths to a byte a pixel [H, W]; what is jumped over is 0. Work and memory are bounded by the file's length and the size.
 * @throws ImageError if the rows end early, as Pillow does.
 */
export function unpackRuns(coded: Uint8Array, { width, height, depth }: RunShape): Uint8Array {
  const out = new Uint8Array(width * height);
  let [at, to, row] = [0, 0, 0];
  /** Writes so many pixels, of which `pixel(i)` gives each; what goes beyond the end of a row is dropped. */
  const write = (count: number, pixel: (i: number) => number) => {
    const end = (row + 1) * width;
    for (let i = 0; i < count && to < end; i++) out[to++] = pixel(i);
  };
  const nibble = (byte: number, i: number) => (i % 2 === 0 ? byte >> 4 : byte & 15);
  const endRow = (rows = 1, columns = 0) => {
    row += rows;
    to = row * width + columns;
  };
  while (row < height) {
    const [count, value] = [coded[at++], coded[at++]];
    if (count === undefined || value === undefined) break;
    if (count > 0) write(count, (i) => (depth === 8 ? value : nibble(value, i)));
    else if (value === 0) endRow();
    else if (value === 1) break;
    else if (value === 2) endRow(coded[at + 1], to - row * width + (coded[at] ?? 0));
    else {
      const from = at;
      write(value, (i) => (depth === 8 ? (coded[from + i] ?? 0) : nibble(coded[from + (i >> 1)] ?? 0, i)));
      at += 2 * Math.ceil((value * depth) / 16);
    }
    if (count === 0 && value === 2) at += 2;
  }
  if (to < width * height && row < height)
    throw new ImageError(`is truncated: ${row} of ${height} rows are there`);
  return out;
}
