// Bytes of a JPEG or PNG file in, upright 8-bit RGB out, as PIL's `ImageOps.exif_transpose(image).convert('RGB')` gives
// it. The format is told by the first bytes, never by the file's name, so that a misnamed photo still loads and any
// other file is refused with its real type.

import { ImageError } from './errors.ts';
import { type Colour, DEFAULT_MAX_PIXELS, type DecodedImage } from './image.ts';
import { decodeJpeg } from './jpeg.ts';
import { applyOrientation } from './orientation.ts';
import { decodePng } from './png.ts';

export interface DecodeOptions {
  /** Images with more pixels than this are refused from their header alone. Default: 100 megapixels. */
  readonly maxPixels?: number;
  /** What shows through transparent pixels. Default: nothing, their opacity is dropped. */
  readonly background?: Colour | undefined;
}

/**
 * Decodes a JPEG or PNG file to RGB [H, W, 3], turned upright by its EXIF orientation.
 *
 * Without a background, transparency is dropped as PIL's `convert('RGB')` does: a transparent pixel shows the colour
 * stored under it. 16-bit samples keep their high byte, as in PIL for colour; for 16-bit grey PIL clips at 255 instead,
 * which makes nearly every such image white, so that is not followed.
 * @throws ImageError with the reason, for anything that is not a whole and sound JPEG or PNG.
 */
export function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): DecodedImage {
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  const format = sniffFormat(bytes);
  try {
    const { image, orientation } =
      format === 'JPEG' ? decodeJpeg(bytes, maxPixels) : decodePng(bytes, maxPixels, options.background);
    return applyOrientation(image, orientation);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    if (error instanceof RangeError && /allocat|array length/i.test(error.message)) {
      throw new ImageError('does not fit into memory: make it smaller', { cause: error });
    }
    throw new ImageError(
      `is a corrupt ${format} (${error instanceof Error ? error.message : String(error)})`,
      {
        cause: error,
      },
    );
  }
}

type Format = 'JPEG' | 'PNG';

const latin1 = (bytes: Uint8Array, start: number, end: number) =>
  String.fromCharCode(...bytes.subarray(start, end));

/** @throws ImageError naming the format found, unless it is JPEG or PNG. */
function sniffFormat(bytes: Uint8Array): Format {
  if (bytes.length === 0) throw new ImageError('is empty (0 bytes)');
  const head = latin1(bytes, 0, 16);
  if (head.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  const found = OTHER_FORMATS.find(({ magic }) => magic.test(head));
  if (found) {
    throw new ImageError(
      `is ${/^[AEIO]/.test(found.name) ? 'an' : 'a'} ${found.name} image; graft reads JPEG and PNG: convert it`,
    );
  }
  if ('\xff\xd8\xff'.startsWith(head) || '\x89PNG\r\n\x1a\n'.startsWith(head)) {
    throw new ImageError(`is truncated: it ends after ${bytes.length} bytes`);
  }
  const isText = bytes.subarray(0, 512).every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  throw new ImageError(
    isText ? 'is a text file, not an image' : 'is not an image in a known format; graft reads JPEG and PNG',
  );
}

/** First bytes of formats that people do keep among their photos. */
const OTHER_FORMATS: readonly { readonly name: string; readonly magic: RegExp }[] = [
  { name: 'GIF', magic: /^GIF8/ },
  { name: 'WebP', magic: /^RIFF.{4}WEBP/s },
  { name: 'AVIF', magic: /^.{4}ftypavi[fs]/s },
  { name: 'HEIC', magic: /^.{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/s },
  { name: 'BMP', magic: /^BM.{4}\0{4}/s },
  { name: 'TIFF', magic: /^(II[*+]\0|MM\0[*+])/ },
  { name: 'JPEG XL', magic: /^(\xff\x0a|\0\0\0\x0cJXL )/ },
  { name: 'JPEG 2000', magic: /^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/ },
  { name: 'Photoshop', magic: /^8BPS/ },
];
