// A PNG whose pixels name colours beyond its palette: libpng makes them black, Pillow the grey of that number, as its palettes begin as
// a ramp of greys. So the palette is made whole before libpng sees it, which changes nothing for all other pixels.
import { crc32 } from '../../../crc32.ts';

const SIGNATURE = 8;
/** Length, name and checksum of a chunk. */
const AROUND = 12;
const INDEXED = 3;
const COLOURS = 256;

/** The file with as many colours as its pixels can name; itself if it has no palette, a whole one, or is damaged. */
export function withWholePalette(png: Uint8Array): Uint8Array {
  const file = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (file.length < SIGNATURE + AROUND + 13) return png;
  const [depth = 0, colourType] = file.subarray(SIGNATURE + 16);
  if (colourType !== INDEXED) return png;
  const wanted = 3 * Math.min(COLOURS, 1 << depth);
  for (let at = SIGNATURE; at + AROUND <= file.length;) {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    const end = at + AROUND + length;
    if (name === 'IDAT' || end > file.length) return png;
    if (name === 'PLTE')
      return length >= wanted
        ? png
        : Buffer.concat([
            file.subarray(0, at),
            whole(file.subarray(at + 8, end - 4), wanted),
            file.subarray(end),
          ]);
    at = end;
  }
  return png;
}

/** A chunk of `wanted` bytes that begins with these colours. */
function whole(colours: Uint8Array, wanted: number): Buffer {
  const chunk = Buffer.alloc(AROUND + wanted);
  chunk.writeUInt32BE(wanted, 0);
  chunk.write('PLTE', 4, 'latin1');
  for (let i = 0; i < wanted; i++) chunk[8 + i] = colours[i] ?? Math.floor(i / 3);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + wanted)), 8 + wanted);
  return chunk;
}
