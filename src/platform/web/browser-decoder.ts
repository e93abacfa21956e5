// Photos read by the browser's own decoders, which are as fast as the machine allows and know more formats than graft's. A browser is
// trusted once it has shown a few known pictures right; what it cannot read, or is not trusted with, goes to graft's decoders.
import { ImageError } from '../../data/errors.ts';
import { checkImageSize, type Colour, DEFAULT_MAX_PIXELS, type DecodedImage } from '../../data/image.ts';
import { named, sniffFormat } from '../../data/image-format.ts';
import { declaredSize, isWhole, type SizedFormat } from '../../data/image-header.ts';
import { applyOrientation } from '../../data/orientation.ts';
import {
  isNoteCompressed,
  type OrientationNote,
  readOrientationNote,
  withoutOrientationNotes,
} from '../../data/orientation-note.ts';
import { type BitmapReader, byCanvas, byFrame, readBitmap, TransparencyError } from './bitmap-pixels.ts';
import { isPicture, type KnownPicture, noise, transparent, turned } from './known-pictures.ts';

/** The type of files by which a browser knows each format. */
export const TYPES: Readonly<Record<SizedFormat, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
  GIF: 'image/gif',
  BMP: 'image/bmp',
  AVIF: 'image/avif',
  HEIC: 'image/heic',
};
const FORMATS = Object.keys(TYPES) as SizedFormat[];

/** Defaults differ by browser. Colours as they are stored, like PIL and graft's own decoders. */
export const OPTIONS: ImageBitmapOptions = {
  imageOrientation: 'from-image',
  colorSpaceConversion: 'none',
  premultiplyAlpha: 'none',
};

/** graft's own decoders, which a worker loads once it needs them. */
export type OwnDecoder = (bytes: Uint8Array, options: { background?: Colour | undefined }) => DecodedImage;

/** The ways of reading a bitmap. */
export interface BitmapReaders {
  readonly canvas: BitmapReader;
  readonly frame: BitmapReader;
}

export interface BrowserDecoderOptions {
  readonly loadOwn: () => Promise<OwnDecoder>;
  readonly readers?: BitmapReaders;
  readonly maxPixels?: number;
}

/** A decoder of one worker: bytes of a file in, upright RGB out. Rejects with `ImageError` for what cannot be read. */
export function browserDecoder({
  loadOwn,
  readers = { canvas: byCanvas, frame: byFrame },
  maxPixels = DEFAULT_MAX_PIXELS,
}: BrowserDecoderOptions): (bytes: Uint8Array, background?: Colour) => Promise<DecodedImage> {
  let trust: Promise<Trust> | undefined;

  return async (bytes, background) => {
    const format = sniffFormat(bytes, FORMATS);
    const own = async () => (await loadOwn())(bytes, { background });
    const hasOwn = format === 'JPEG' || format === 'PNG';
    const size = declaredSize(bytes, format);
    if (!size || !isWhole(bytes, format)) {
      if (hasOwn) return own(); // which says what is wrong, or reads it nevertheless
      throw new ImageError(size ? 'is truncated' : 'is damaged: it does not say how large it is');
    }
    checkImageSize(size.width, size.height, maxPixels);
    const { canvas, frame } = await (trust ??= findTrust(readers));
    const cannot = `is ${named(format)} image that this browser cannot read`;
    if (!canvas) {
      if (hasOwn) return own();
      throw new ImageError(`${cannot} truly: save it as PNG or JPEG`);
    }
    // No browser is known to follow the unusual ones; one that does finds none.
    const note = hasOwn ? await noteOf(bytes, format) : undefined;
    const [shown, left] =
      hasOwn && note && !note.isUsual
        ? [withoutOrientationNotes(bytes, format), note.orientation]
        : ([bytes, 1] as const);
    try {
      const image = await withBitmap(shown, TYPES[format], async (bitmap) => {
        checkImageSize(bitmap.width, bitmap.height, maxPixels); // a header may lie
        try {
          return await readBitmap(bitmap, canvas, { isTrueToAlpha: false });
        } catch (error) {
          if (!(error instanceof TransparencyError) || hasOwn || !frame) throw error;
          return await readBitmap(bitmap, frame, { background, isTrueToAlpha: true });
        }
      });
      return applyOrientation(image, left);
    } catch (error) {
      if (hasOwn) return own();
      if (error instanceof ImageError) throw error;
      throw new ImageError(`${cannot}: it is damaged, or to be saved as PNG or JPEG`, { cause: error });
    }
  };
}

/** A photo's orientation; what inflates text is loaded for a PNG that has such a note. */
async function noteOf(bytes: Uint8Array, format: 'JPEG' | 'PNG'): Promise<OrientationNote> {
  const inflate = isNoteCompressed(bytes, format)
    ? (await import('../../data/inflate-text.ts')).inflateText
    : () => new Uint8Array();
  return readOrientationNote(bytes, format, inflate);
}

/** The readers that have shown the known pictures right. */
interface Trust {
  /** For pictures that may have to be turned. */
  readonly canvas: BitmapReader | undefined;
  /** For transparent ones. */
  readonly frame: BitmapReader | undefined;
}

async function findTrust({ canvas, frame }: BitmapReaders): Promise<Trust> {
  const shows = async (reader: BitmapReader, pictures: readonly KnownPicture[]) => {
    for (const picture of pictures)
      try {
        const read = (bitmap: ImageBitmap) => readBitmap(bitmap, reader, { isTrueToAlpha: true });
        if (!isPicture(picture, await withBitmap(picture.bytes, picture.type, read))) return false;
      } catch {
        return false;
      }
    return true;
  };
  return {
    canvas: (await shows(canvas, [noise(), turned()])) ? canvas : undefined,
    frame: (await shows(frame, [noise(), transparent()])) ? frame : undefined,
  };
}

/** What `read` makes of a file that the browser decodes. Rejects with what the browser throws. */
async function withBitmap<T>(
  bytes: Uint8Array,
  type: string,
  read: (bitmap: ImageBitmap) => Promise<T>,
): Promise<T> {
  // Bytes never come from shared memory, which a Blob would not take.
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const bitmap = await createImageBitmap(blob, OPTIONS);
  try {
    return await read(bitmap);
  } finally {
    bitmap.close();
  }
}
