// How large an image is, by its header alone, in every format that a browser reads: what is too large is refused before a decoder that
// is not graft's takes memory for it. Nothing here trusts the file: what is missing or cut short gives undefined.

import type { ImageFormat } from './image-format.ts';

/** A size in pixels, as it is stored: before an orientation turns it. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The formats whose size is known here. */
export type SizedFormat = Extract<ImageFormat, 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'BMP' | 'AVIF' | 'HEIC'>;

/** The size that a file of this format declares; the largest if there are several, undefined if it declares none. */
export const declaredSize = (bytes: Uint8Array, format: SizedFormat): ImageSize | undefined =>
  unlessCutShort(bytes, SIZES[format]);

/** What `read` makes of the file; undefined if it would have to read beyond its end. */
function unlessCutShort<T>(bytes: Uint8Array, read: (file: DataView) => T): T | undefined {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const SIZES: Readonly<Record<SizedFormat, (file: DataView) => ImageSize | undefined>> = {
  JPEG: jpegSize,
  PNG: (file) => ({ width: file.getUint32(16), height: file.getUint32(20) }),
  GIF: gifSize,
  WebP: webpSize,
  BMP: bmpSize,
  AVIF: isobmffSize,
  HEIC: isobmffSize,
};

/** Markers up to the first scan; junk before one is passed over, as libjpeg does. `at` is behind a marker, at its length. */
function* jpegMarkers(file: DataView): Generator<{ readonly marker: number; readonly at: number }> {
  for (let at = 2; ;) {
    while (file.getUint8(at) !== 0xff) at++;
    while (file.getUint8(at) === 0xff) at++;
    const marker = file.getUint8(at++);
    const isAlone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (isAlone) continue;
    yield { marker, at };
    if (marker === 0xd9 || marker === SCAN) return;
    at += Math.max(2, file.getUint16(at));
  }
}

/** The segments of a JPEG before its first scan, as far as the file goes: `at` is behind a marker, `end` behind its data. */
export function jpegSegments(
  bytes: Uint8Array,
): readonly { readonly marker: number; readonly at: number; readonly end: number }[] {
  const segments: { marker: number; at: number; end: number }[] = [];
  unlessCutShort(bytes, (file) => {
    for (const { marker, at } of jpegMarkers(file))
      segments.push({ marker, at, end: at + Math.max(2, file.getUint16(at)) });
  });
  return segments;
}

const SCAN = 0xda;
/** SOF0 … SOF15 without DHT, JPG and DAC, which share the range. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegSize(file: DataView): ImageSize | undefined {
  for (const { marker, at } of jpegMarkers(file))
    if (isFrame(marker)) return { width: file.getUint16(at + 5), height: file.getUint16(at + 3) };
  return undefined;
}

/** The screen or the first frame, whichever has the greater side: browsers let a frame widen the screen. */
function gifSize(file: DataView): ImageSize {
  const screen = { width: file.getUint16(6, true), height: file.getUint16(8, true) };
  const flags = file.getUint8(10);
  let at = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  while (file.getUint8(at) === 0x21) {
    at += 2; // an extension: its label, then blocks up to an empty one
    while (file.getUint8(at) !== 0) at += 1 + file.getUint8(at);
    at++;
  }
  if (file.getUint8(at) !== 0x2c) return screen;
  return {
    width: Math.max(screen.width, file.getUint16(at + 1, true) + file.getUint16(at + 5, true)),
    height: Math.max(screen.height, file.getUint16(at + 3, true) + file.getUint16(at + 7, true)),
  };
}

/** The canvas of an extended file, or the frame of a plain one (RFC 9649). */
function webpSize(file: DataView): ImageSize | undefined {
  const uint24 = (at: number) => file.getUint16(at, true) | (file.getUint8(at + 2) << 16);
  switch (textAt(file, 12, 4)) {
    case 'VP8X':
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    case 'VP8L': {
      const bits = file.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: file.getUint16(26, true) & 0x3fff, height: file.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}

/** A negative height means that rows go from top to bottom. */
function bmpSize(file: DataView): ImageSize {
  const isOld = file.getUint32(14, true) === 12;
  return isOld
    ? { width: file.getUint16(18, true), height: file.getUint16(20, true) }
    : { width: Math.abs(file.getInt32(18, true)), height: Math.abs(file.getInt32(22, true)) };
}

/**
 * The largest of the `ispe` properties in the meta box (ISO/IEC 23008-12 § 6.5.3), which every AVIF and HEIC image has, or of the
 * track headers where there is only a sequence.
 */
function isobmffSize(file: DataView): ImageSize | undefined {
  let largest: ImageSize | undefined;
  const keep = (width: number, height: number) => {
    if (!largest || width * height > largest.width * largest.height) largest = { width, height };
  };
  for (let at = 0; at + 8 <= file.byteLength;) {
    const length = file.getUint32(at);
    const kind = textAt(file, at + 4, 4);
    const end = length === 0 ? file.byteLength : Math.min(at + length, file.byteLength);
    if (kind === 'meta')
      eachNamed(file, 'ispe', at, end, (found) =>
        keep(file.getUint32(found + 8), file.getUint32(found + 12)),
      );
    // The last two numbers of a track header, in 1/65536 of a pixel.
    if (kind === 'moov')
      eachNamed(file, 'tkhd', at, end, (found) => {
        const last = found - 4 + file.getUint32(found - 4);
        keep(file.getUint32(last - 8) >>> 16, file.getUint32(last - 4) >>> 16);
      });
    if (length < 8) break; // the rest of the file, a length of 64 bits (media data), or nonsense
    at = end;
  }
  return largest;
}

/** Calls `visit` with where the name of each box `name` begins, whatever it is nested in. */
function eachNamed(
  file: DataView,
  name: string,
  from: number,
  to: number,
  visit: (at: number) => void,
): void {
  const first = name.charCodeAt(0);
  for (let at = from; at + 16 <= to; at++)
    if (file.getUint8(at) === first && textAt(file, at, 4) === name) visit(at);
}

const textAt = (file: DataView, at: number, length: number): string =>
  String.fromCharCode(...Array.from({ length }, (_, i) => file.getUint8(at + i)));

/**
 * Whether the file is as long as it should be, as far as that shows without decoding: some browsers fill what is missing with grey, and
 * half a photo is worse for training than none.
 */
export function isWhole(bytes: Uint8Array, format: SizedFormat): boolean {
  switch (format) {
    case 'JPEG': {
      // A thumbnail in the file's head has an end marker of its own, so only what follows the first scan counts.
      const markers = unlessCutShort(bytes, (file) => [...jpegMarkers(file)]);
      const scan = markers?.find(({ marker }) => marker === SCAN);
      return scan !== undefined && lastIndexOf(bytes, [0xff, 0xd9]) > scan.at;
    }
    case 'PNG':
      return lastIndexOf(bytes, [0x49, 0x45, 0x4e, 0x44]) > 0; // IEND, the name of its last chunk
    case 'WebP':
      return unlessCutShort(bytes, (file) => file.getUint32(4, true) + 8 <= bytes.length) ?? false;
    default:
      return true; // whoever decodes the others is not known to fill in
  }
}

/** Where `wanted` stands last; -1 if nowhere. */
function lastIndexOf(bytes: Uint8Array, wanted: readonly [number, ...number[]]): number {
  for (let at = bytes.length; at > 0;) {
    at = bytes.lastIndexOf(wanted[0], at - 1);
    if (at < 0 || wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
