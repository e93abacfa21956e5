// What the tests of this folder share: PNGs made to measure.
import { zlibSync } from 'fflate';

export interface PngParts {
  readonly width: number;
  readonly depth: number;
  readonly colourType: number;
  /** The bytes of each scanline, without its filter. */
  readonly rows: readonly (readonly number[])[];
  /** RGB triples. */
  readonly palette?: readonly number[];
  /** The data of tRNS. */
  readonly transparency?: readonly number[];
}

/** An unfiltered, uninterlaced PNG. */
export function makePng({ width, depth, colourType, rows, palette, transparency }: PngParts): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, rows.length);
  header.set([depth, colourType], 8);
  return pngOf([
    ['IHDR', header],
    ...(palette ? [['PLTE', Uint8Array.from(palette)] as const] : []),
    ...(transparency ? [['tRNS', Uint8Array.from(transparency)] as const] : []),
    ['IDAT', zlibSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])))],
    ['IEND', new Uint8Array()],
  ]);
}

/** A PNG of these chunks, whatever is in them. */
export function pngOf(chunks: readonly (readonly [type: string, data: Uint8Array])[]): Uint8Array {
  const bytes = chunks.flatMap(([type, data]) => {
    const out = new Uint8Array(12 + data.length);
    const view = new DataView(out.buffer);
    view.setUint32(0, data.length);
    out.set(new TextEncoder().encode(type), 4);
    out.set(data, 8);
    view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)));
    return [...out];
  });
  return Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...bytes]);
}

/** The checksum of PNG's chunks. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
