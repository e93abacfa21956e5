// Bytes of a JPEG or PNG file in, upright 8-bit RGB out, as PIL's `ImageOps.exif_transpose(image).convert('RGB')` gives
// it. The format is told by the first bytes, never by the file's name, so that a misnamed photo still loads and any
// other file is refused with its real type.

import { ImageError } from './errors.ts';
import { type Colour, DEFAULT_MAX_PIXELS, type DecodedImage } from './image.ts';
import { sniffFormat } from './image-format.ts';
import { decodeJpeg } from './jpeg.ts';
import { applyOrientation } from './orientation.ts';
import { inflateText } from './inflate-text.ts';
import { readOrientationNote } from './orientation-note.ts';
import { decodePng } from './png.ts';

/** What is refused, and what shows through. */
export interface DecodeOptions {
  /** Images with more pixels than this are refused from their header alone. Default: 100 megapixels. */
  readonly maxPixels?: number;
  /** What shows through transparent pixels. Default: nothing, their opacity is dropped. */
  readonly background?: Colour | undefined;
}

/**
 * Decodes a JPEG or PNG file to RGB [H, W, 3], turned upright as it says that it is to be.
 *
 * Without a background, transparency is dropped as PIL's `convert('RGB')` does: a transparent pixel shows the colour
 * stored under it. 16-bit samples keep their high byte, as in PIL for colour; for 16-bit grey PIL clips at 255 instead,
 * which makes nearly every such image white, so that is not followed.
 *
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }; // a red pixel and a blue one
 * decodeImage(encodePng(image)).data; // → Uint8Array.of(255, 0, 0, 0, 0, 255)
 * ```
 *
 * @throws ImageError with the reason, for anything that is not a whole and sound JPEG or PNG.
 */
export function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): DecodedImage {
  const maxPixels = options.maxPixels ?? DEFAULT_MAX_PIXELS;
  const format = sniffFormat(bytes, ['JPEG', 'PNG']);
  try {
    const image =
      format === 'JPEG' ? decodeJpeg(bytes, maxPixels) : decodePng(bytes, maxPixels, options.background);
    return applyOrientation(image, readOrientationNote(bytes, format, inflateText).orientation);
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
