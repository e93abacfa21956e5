// What kind of image a file is, told by its first bytes and never by its name, so that a misnamed photo still loads and any other
// file is refused with its real type.

import { ImageError } from './errors.ts';

/** First bytes of formats that people do keep among their photos. */
const FORMATS = [
  { name: 'JPEG', magic: /^\xff\xd8\xff/ },
  { name: 'PNG', magic: /^\x89PNG\r\n\x1a\n/ },
  { name: 'GIF', magic: /^GIF8/ },
  { name: 'WebP', magic: /^RIFF.{4}WEBP/s },
  // Some write the general brand first, and what the image is in truth among those that follow.
  { name: 'AVIF', magic: /^.{4}ftyp(avi[fs]|m[is]f1.{4}(.{4}){0,9}?avi[fs])/s },
  { name: 'HEIC', magic: /^.{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/s },
  { name: 'BMP', magic: /^BM.{4}\0{4}/s },
  { name: 'TIFF', magic: /^(II[*+]\0|MM\0[*+])/ },
  { name: 'JPEG XL', magic: /^(\xff\x0a|\0\0\0\x0cJXL )/ },
  { name: 'JPEG 2000', magic: /^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/ },
  { name: 'Photoshop', magic: /^8BPS/ },
] as const;

/** As many bytes as the longest of them needs. */
const HEAD = 64;

export type ImageFormat = (typeof FORMATS)[number]['name'];

const latin1 = (bytes: Uint8Array, start: number, end: number) =>
  String.fromCharCode(...bytes.subarray(start, end));

/** @throws ImageError unless the file is of one of the formats that are `read`, with its real type if it has one. */
export function sniffFormat<Format extends ImageFormat>(bytes: Uint8Array, read: readonly Format[]): Format {
  if (bytes.length === 0) throw new ImageError('is empty (0 bytes)');
  const head = latin1(bytes, 0, HEAD);
  const found = FORMATS.find(({ magic }) => magic.test(head))?.name;
  const isRead = (format: ImageFormat): format is Format => (read as readonly ImageFormat[]).includes(format);
  if (found !== undefined && isRead(found)) return found;
  const reads = `graft reads ${read.slice(0, -1).join(', ')} and ${read.at(-1)}`;
  if (found !== undefined) throw new ImageError(`is ${named(found)} image; ${reads}: convert it`);
  if ('\xff\xd8\xff'.startsWith(head) || '\x89PNG\r\n\x1a\n'.startsWith(head)) {
    throw new ImageError(`is truncated: it ends after ${bytes.length} bytes`);
  }
  const isText = bytes.subarray(0, 512).every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  if (isText && /<svg[\s>]/i.test(latin1(bytes, 0, 4096)))
    throw new ImageError('is an SVG drawing, which graft does not draw: save it as PNG');
  throw new ImageError(
    isText ? 'is a text file, not an image' : `is not an image in a known format; ${reads}`,
  );
}

/** A format with its article. */
export const named = (format: ImageFormat): string => `${/^[AEIO]/.test(format) ? 'an' : 'a'} ${format}`;
