// RGB to PNG, for pictures that are shown in reports: 8 bits, no interlacing, one IDAT chunk.

import { zlibSync } from 'fflate';
import { concat } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import type { DecodedImage } from './image.ts';
import { paeth } from './png.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PAETH = 4;

/**
 * Encodes an RGB image [H, W, 3] without loss (W3C PNG 3rd edition).
 *
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }; // a red pixel and a blue one
 * String.fromCharCode(...encodePng(image).subarray(1, 4)); // → 'PNG'
 * ```
 *
 * @throws RangeError if the size does not go with the data.
 */
export function encodePng({ width, height, data }: DecodedImage): Uint8Array<ArrayBuffer> {
  const isSide = (side: number) => Number.isInteger(side) && side > 0 && side < 2 ** 31;
  if (!isSide(width) || !isSide(height) || data.length !== width * height * 3) {
    throw new RangeError(`${data.length} bytes are not an RGB image of ${width} × ${height} pixels.`);
  }
  return concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header(width, height)),
    chunk('IDAT', zlibSync(filtered(data, width * 3, height))),
    chunk('IEND', new Uint8Array()),
  ]);
}

function header(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes.set([8, 2], 8); // bits a sample; RGB
  return bytes;
}

/** Every row by Paeth's filter: for photos within a few per cent of choosing a filter for each row. */
function filtered(data: Uint8Array, rowBytes: number, height: number): Uint8Array {
  const out = new Uint8Array((rowBytes + 1) * height);
  for (let row = 0, from = 0, to = 0; row < height; row++) {
    out[to++] = PAETH;
    for (let i = 0; i < rowBytes; i++, from++) {
      const left = i < 3 ? 0 : (data[from - 3] ?? 0);
      const up = row === 0 ? 0 : (data[from - rowBytes] ?? 0);
      const upLeft = i < 3 || row === 0 ? 0 : (data[from - rowBytes - 3] ?? 0);
      out[to++] = (data[from] ?? 0) - paeth(left, up, upLeft);
    }
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
