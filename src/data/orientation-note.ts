// How a JPEG or PNG says that it is to be turned: in EXIF's tag 0x0112, where the format has a place for EXIF or, as ImageMagick writes it,
// in a PNG's text; or in XMP, as editors write it. Pillow follows all of them, and so does graft. Only that tag is read, by hand: libraries
// for EXIF want Node's Buffer and parse hundreds of tags that nobody asked for. Nothing here trusts the file, and no damage costs a photo.

import { concat } from '../bytes.ts';
import { jpegSegments } from './image-header.ts';
import type { Orientation } from './orientation.ts';

export interface OrientationNote {
  readonly orientation: Orientation;
  /** Whether all decoders follow it: it stands in EXIF's own place as a number of 16 bits, or says nothing. */
  readonly isUsual: boolean;
}

/** Gives the beginning of a zlib stream's text; nothing of a damaged one. inflate-text.ts has one. */
export type InflateText = (compressed: Uint8Array) => Uint8Array;

/** What a JPEG or PNG says of its orientation; 1, upright, if nothing. `inflate` is asked where `isNoteCompressed`. */
export function readOrientationNote(
  bytes: Uint8Array,
  format: 'JPEG' | 'PNG',
  inflate: InflateText,
): OrientationNote {
  const places = [...placesIn(bytes, format)].map((place) => ({ ...place, read: () => place.read(inflate) }));
  const exif = places.find(({ kind }) => kind === 'exif');
  const profile = places.find(({ kind }) => kind === 'profile');
  const told =
    (exif && inExif(exif.read())) ?? (!exif && profile ? inExif(exifInProfile(profile.read())) : undefined);
  // XMP counts where EXIF says nothing, not where it says nonsense.
  const orientation = told ? told.value : inXmp(places.find(({ kind }) => kind === 'xmp')?.read());
  return {
    orientation,
    isUsual: orientation === 1 || (told !== undefined && exif !== undefined && told.bits === 16),
  };
}

/** Whether such a note stands in compressed text. */
export const isNoteCompressed = (bytes: Uint8Array, format: 'JPEG' | 'PNG'): boolean =>
  [...placesIn(bytes, format)].some(({ isCompressed }) => isCompressed);

/** A file without any such note, which every decoder shows as it is stored. */
export function withoutOrientationNotes(bytes: Uint8Array, format: 'JPEG' | 'PNG'): Uint8Array {
  let from = 0;
  const parts: Uint8Array[] = [];
  for (const { start, end } of placesIn(bytes, format)) {
    parts.push(bytes.subarray(from, start));
    from = end;
  }
  return concat([...parts, bytes.subarray(from)]);
}

/** The orientation that XMP tells; 1 if none. */
export const inXmp = (xmp: Uint8Array | string | undefined): Orientation => {
  const text = xmp instanceof Uint8Array ? new TextDecoder().decode(xmp) : xmp;
  return orientationOf(Number(text?.match(/tiff:Orientation(?:="|>)([0-9])/)?.[1]));
};

/** A part of a file that may hold a note: where it begins and ends, and what is in it. */
interface Place {
  readonly kind: 'exif' | 'profile' | 'xmp';
  readonly start: number;
  readonly end: number;
  readonly isCompressed?: boolean;
  read(inflate: InflateText): Uint8Array;
}

const placesIn = (bytes: Uint8Array, format: 'JPEG' | 'PNG'): Iterable<Place> =>
  format === 'JPEG' ? jpegPlaces(bytes) : pngPlaces(bytes);

const APP1 = 0xe1;
const EXIF = 'Exif\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';

function* jpegPlaces(bytes: Uint8Array): Generator<Place> {
  for (const { marker, at, end } of jpegSegments(bytes)) {
    if (marker !== APP1 || end > bytes.length) continue;
    const data = bytes.subarray(at + 2, end);
    const place = { start: at - 2, end };
    if (startsWith(data, EXIF)) yield { kind: 'exif', ...place, read: () => data.subarray(6) };
    else if (startsWith(data, XMP)) yield { kind: 'xmp', ...place, read: () => data.subarray(XMP.length) };
  }
}

function* pngPlaces(bytes: Uint8Array): Generator<Place> {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 8; start + 12 <= bytes.length;) {
    const end = start + 12 + file.getUint32(start);
    if (end > bytes.length) return;
    const data = bytes.subarray(start + 8, end - 4);
    const type = latin1(bytes.subarray(start + 4, start + 8));
    if (type === 'eXIf') yield { kind: 'exif', start, end, read: () => data };
    const kind = /^(?:tEXt|[zi]TXt)$/.test(type)
      ? KEYWORDS[latin1(data.subarray(0, LONGEST_KEYWORD)).split('\0', 1)[0] ?? '']
      : undefined;
    if (kind) yield { kind, start, end, ...pngText(type, data) };
    start = end;
  }
}

const KEYWORDS: Readonly<Record<string, 'profile' | 'xmp' | undefined>> = {
  'Raw profile type exif': 'profile',
  'XML:com.adobe.xmp': 'xmp',
};
const LONGEST_KEYWORD = 80;

/** The text of one of a PNG's three kinds of chunks for it (PNG § 11.3.3). */
function pngText(type: string, data: Uint8Array): Pick<Place, 'isCompressed' | 'read'> {
  const after = (from: number) => {
    const zero = data.indexOf(0, from);
    return zero < 0 ? data.length : zero + 1;
  };
  const [text, plain] = [after(0), (from: number) => ({ read: () => data.subarray(from) })];
  const packed = (from: number): Pick<Place, 'isCompressed' | 'read'> => ({
    isCompressed: true,
    read: (inflate) => inflate(data.subarray(from)),
  });
  if (type === 'tEXt') return plain(text);
  if (type === 'zTXt') return packed(text + 1); // behind the method, of which there is one
  const body = after(after(text + 2)); // behind a flag, a method, a language and a translation
  return data[text] === 1 ? packed(body) : plain(body);
}

/** A profile as text: its name, its length, and on further lines its bytes in hexadecimal. */
function exifInProfile(text: Uint8Array): Uint8Array {
  const digits =
    latin1(text)
      .split('\n')
      .slice(3)
      .join('')
      .match(/[0-9a-f]{2}/gi) ?? [];
  return Uint8Array.from(digits, (pair) => parseInt(pair, 16));
}

const ORIENTATION_TAG = 0x0112;
/** Types of numbers by their codes, as far as an orientation comes in them: SHORT, and LONG as some cameras have it. */
const BITS: Readonly<Record<number, 16 | 32 | undefined>> = { 3: 16, 4: 32 };

interface Told {
  readonly value: Orientation;
  readonly bits: 16 | 32 | undefined;
}

/**
 * The orientation in an EXIF block, in TIFF form ("II*\0" or "MM\0*" first; TIFF 6.0 § 2) or with its name before that; 1 for one that is
 * none of the eight, undefined where the block is damaged or has none.
 */
function inExif(block: Uint8Array): Told | undefined {
  const tiff = startsWith(block, EXIF) ? block.subarray(6) : block;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return undefined;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const ifd = view.getUint32(4, little);
  if (ifd + 2 > tiff.length) return undefined;
  const entries = view.getUint16(ifd, little);
  for (let i = 0; i < entries; i++) {
    const entry = ifd + 2 + 12 * i;
    if (entry + 12 > tiff.length) return undefined;
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const bits = BITS[view.getUint16(entry + 2, little)];
    const value = bits === 32 ? view.getUint32(entry + 8, little) : view.getUint16(entry + 8, little);
    return { value: bits ? orientationOf(value) : 1, bits };
  }
  return undefined;
}

const isOrientation = (value: number): value is Orientation =>
  Number.isInteger(value) && value >= 1 && value <= 8;
const orientationOf = (value: number): Orientation => (isOrientation(value) ? value : 1);

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  latin1(bytes.subarray(0, text.length)) === text;
const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};
