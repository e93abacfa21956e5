// What stands before the pixels of a BMP (Microsoft's BITMAPFILEHEADER, and the information headers from OS/2's of 12 bytes to version 5):
// size, coding, palette and bit masks, checked, without a byte taken for pixels.

import { ImageError } from './errors.ts';

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows from top to bottom; most files have them from bottom to top. */
  readonly isTopDown: boolean;
  /** Bits per pixel: 1, 4, 8, 16, 24 or 32. */
  readonly depth: number;
  readonly coding: 'plain' | 'runs';
  /** 256 RGB triples, grey where the file names none, as in Pillow; unused above 8 bits. */
  readonly palette: Uint8Array;
  /** Which bits of a pixel of 16 or 32 hold each channel; 0 for none. */
  readonly masks: Readonly<Record<'red' | 'green' | 'blue' | 'alpha', number>>;
  /** Where pixels begin. */
  readonly pixelsAt: number;
}

const CODINGS = { plain: 0, runs8: 1, runs4: 2, masks: 3, masksWithAlpha: 6 } as const;

/** Bytes of OS/2's header, of Windows' first one, and of the one that has room for masks of all channels. */
const OS2 = 12;
const WINDOWS = 40;
const WITH_MASKS = 56;

const DEFAULT_MASKS: Readonly<Record<number, BmpHeader['masks']>> = {
  16: { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 },
  32: { red: 0xff0000, green: 0xff00, blue: 0xff, alpha: 0 },
};

/** @throws ImageError if the header is cut short, contradicts itself or names a coding that is not a plain one or run lengths. */
export function readBmpHeader(bytes: Uint8Array): BmpHeader {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tooShort = () => new ImageError(`is truncated: it ends after ${bytes.length} bytes, in its header`);
  if (bytes.length < 14 + OS2) throw tooShort();
  const pixelsAt = file.getUint32(10, true);
  const headerSize = file.getUint32(14, true);
  const isOs2 = headerSize === OS2;
  if (!isOs2 && headerSize < WINDOWS)
    throw new ImageError(`is a corrupt BMP (a header of ${headerSize} bytes)`);
  if (bytes.length < 14 + headerSize) throw tooShort();

  const high = isOs2 ? file.getUint16(20, true) : file.getInt32(22, true);
  const depth = file.getUint16(isOs2 ? 24 : 28, true);
  const compression = isOs2 ? CODINGS.plain : file.getUint32(30, true);
  const hasMasks = compression === CODINGS.masks || compression === CODINGS.masksWithAlpha;
  checkCoding(depth, compression, hasMasks);

  // Masks behind the oldest header, inside of all later ones.
  const masksEnd = hasMasks && headerSize < WITH_MASKS ? (compression === CODINGS.masks ? 12 : 16) : 0;
  const paletteAt = 14 + (masksEnd > 0 ? Math.max(headerSize, WINDOWS + masksEnd) : headerSize);
  if (bytes.length < paletteAt) throw tooShort();
  const hasAlphaMask = compression === CODINGS.masksWithAlpha || headerSize >= WITH_MASKS;
  return {
    width: isOs2 ? file.getUint16(18, true) : Math.max(0, file.getInt32(18, true)),
    height: Math.abs(high),
    isTopDown: high < 0,
    depth,
    coding: compression === CODINGS.runs8 || compression === CODINGS.runs4 ? 'runs' : 'plain',
    palette: readPalette(bytes.subarray(paletteAt, Math.max(paletteAt, pixelsAt)), {
      stride: isOs2 ? 3 : 4,
      colours: (isOs2 ? 0 : file.getUint32(46, true)) || 1 << Math.min(depth, 8),
    }),
    masks: hasMasks ? readMasks(file, hasAlphaMask) : (DEFAULT_MASKS[depth] ?? NO_MASKS),
    pixelsAt,
  };
}

const NO_MASKS: BmpHeader['masks'] = { red: 0, green: 0, blue: 0, alpha: 0 };

function checkCoding(depth: number, compression: number, hasMasks: boolean): void {
  const isKnown =
    compression === CODINGS.plain
      ? [1, 4, 8, 16, 24, 32].includes(depth)
      : hasMasks
        ? depth === 16 || depth === 32
        : (compression === CODINGS.runs8 && depth === 8) || (compression === CODINGS.runs4 && depth === 4);
  if (!isKnown)
    throw new ImageError(
      `is a BMP of ${depth} bits a pixel in coding ${compression}, which graft cannot read: save it as PNG`,
    );
}

const readMasks = (file: DataView, hasAlpha: boolean): BmpHeader['masks'] => ({
  red: file.getUint32(54, true),
  green: file.getUint32(58, true),
  blue: file.getUint32(62, true),
  alpha: hasAlpha ? file.getUint32(66, true) : 0,
});

/** Blue, green, red, and in all but OS/2's files a byte that means nothing. */
function readPalette(stored: Uint8Array, { stride, colours }: { stride: number; colours: number }) {
  const palette = Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3));
  const count = Math.min(colours, 256, Math.floor(stored.length / stride));
  for (let i = 0; i < count; i++)
    for (let channel = 0; channel < 3; channel++)
      palette[3 * i + channel] = stored[stride * i + 2 - channel] ?? 0;
  return palette;
}
