// The container half of PNG (W3C PNG 3rd edition, §§ 5 and 11): splits a file into chunks, checks them and gives back
// the few that matter for pixels. No pixel is touched, so that a header can be refused before memory is taken.

import { concat } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import { ImageError } from './errors.ts';

/** Bits of the PNG colour type. */
export const COLOUR = { palette: 1, colour: 2, alpha: 4 } as const;

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colourType: number;
  readonly interlaced: boolean;
}

export interface PngChunks {
  readonly header: PngHeader;
  /** RGB triples. */
  readonly palette: Uint8Array | undefined;
  /** The data of tRNS: an opacity for each of the palette's first colours, or the one transparent colour. */
  readonly transparency: Uint8Array | undefined;
  /** The zlib stream that the IDAT chunks make together. */
  readonly compressed: Uint8Array;
}

/** Which depths each colour type may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * Reads a PNG's chunks up to IEND; `onHeader` sees the header before anything else is read.
 * @throws ImageError if the file is truncated, a checksum is wrong or the header is not valid.
 */
export function readPngChunks(bytes: Uint8Array, onHeader: (header: PngHeader) => void): PngChunks {
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const parts: Uint8Array[] = [];

  for (let offset = 8; ;) {
    const chunk = readChunk(bytes, offset);
    offset = chunk.end;
    if (!header) {
      if (chunk.type !== 'IHDR') throw new ImageError('is a corrupt PNG (it does not start with its header)');
      header = readHeader(chunk.data);
      onHeader(header);
    } else if (chunk.type === 'IDAT') {
      parts.push(chunk.data);
    } else if (chunk.type === 'PLTE') {
      palette = chunk.data;
    } else if (chunk.type === 'tRNS') {
      transparency = chunk.data;
    } else if (chunk.type === 'IEND') {
      break;
    } else if (chunk.isCritical) {
      throw new ImageError(`is not a standard PNG (it needs the extension ${chunk.type}): save it again`);
    }
  }
  if (parts.length === 0) throw new ImageError('is a corrupt PNG (it holds no image data)');
  return { header, palette, transparency, compressed: concat(parts) };
}

function readChunk(bytes: Uint8Array, offset: number) {
  const truncated = () =>
    new ImageError(`is truncated: it ends after ${bytes.length} bytes, before the PNG's end marker`);
  if (offset + 8 > bytes.length) throw truncated();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(offset);
  const name = bytes.subarray(offset + 4, offset + 8);
  const type = String.fromCharCode(...name);
  if (!/^[A-Za-z]{4}$/.test(type)) throw new ImageError(`is a corrupt PNG (no chunk at byte ${offset})`);
  const end = offset + 12 + length;
  if (end > bytes.length) throw truncated();
  const isCritical = /^[A-Z]/.test(type);
  // A damaged comment costs nothing; damaged pixels do.
  if (isCritical && crc32(bytes.subarray(offset + 4, end - 4)) !== view.getUint32(end - 4)) {
    throw new ImageError(`is a corrupt PNG (the checksum of its chunk ${type} is wrong)`);
  }
  return { type, isCritical, data: bytes.subarray(offset + 8, end - 4), end };
}

function readHeader(data: Uint8Array): PngHeader {
  if (data.length !== 13) throw new ImageError('is a corrupt PNG (its header has the wrong length)');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [depth = 0, colourType = 0, compression, filter, interlace = 0] = data.subarray(8);
  if (!DEPTHS[colourType]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new ImageError(
      `is a corrupt PNG (colour type ${colourType}, depth ${depth}, compression ${compression}, ` +
        `filter ${filter}, interlace ${interlace} do not go together)`,
    );
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth,
    colourType,
    interlaced: interlace === 1,
  };
}
