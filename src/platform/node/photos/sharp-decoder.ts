// Photos read by sharp: JPEG, PNG, WebP, AVIF, GIF and TIFF by libvips, BMP by graft, HEIC by a package that whoever wants it installs.
// Pixels are those that Pillow shows with `ImageOps.exif_transpose(image).convert('RGB')`: stored colours, without a profile applied. Only a
// JPEG that may be made smaller is decoded at a part of its size.
import type { Metadata, SharpOptions } from 'sharp';
import { decodeBmp } from '../../../data/bmp.ts';
import { ImageError } from '../../../data/errors.ts';
import { checkImageSize, type Colour, DEFAULT_MAX_PIXELS, type DecodedImage } from '../../../data/image.ts';
import { named, sniffFormat, type ImageFormat } from '../../../data/image-format.ts';
import { declaredSize } from '../../../data/image-header.ts';
import { applyOrientation, type Orientation } from '../../../data/orientation.ts';
import { inflateText } from '../../../data/inflate-text.ts';
import { inXmp, readOrientationNote } from '../../../data/orientation-note.ts';
import type { ShrinkTo } from '../../../data/shrink.ts';
import type { Decode } from '../../../data/source.ts';
import { messageOf } from '../../../format.ts';
import { decodeHeic, installedHeic, type LoadHeic } from './heic.ts';
import { rgbOf } from './pixels.ts';
import { withWholePalette } from './png-palette.ts';
import type { Sharp } from './sharp.ts';

/** Nothing else is ever handed to a library. */
export const FORMATS = ['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'TIFF', 'BMP', 'HEIC'] as const;

export interface SharpDecoderOptions {
  readonly loadHeic?: LoadHeic;
  /** Larger images are refused from their header alone. Default: 100 megapixels. */
  readonly maxPixels?: number;
  /** After so many seconds a file is given up, before whoever waits for the thread gives that up. */
  readonly seconds?: number;
}

/** A decoder by `sharp`: bytes of a file in, upright RGB out. Rejects with `ImageError` for what cannot be read. */
export function sharpDecoder(
  sharp: Sharp,
  { loadHeic = installedHeic, maxPixels = DEFAULT_MAX_PIXELS, seconds = 120 }: SharpDecoderOptions = {},
): Decode {
  return async (bytes, { background, shrinkTo }) => {
    const format = sniffFormat(bytes, FORMATS);
    if (format === 'BMP') return decodeBmp(bytes, { maxPixels, background });
    if (format !== 'TIFF') {
      const size = declaredSize(bytes, format);
      if (size) checkImageSize(size.width, size.height, maxPixels);
      else if (format === 'HEIC') throw new ImageError('is damaged: it does not say how large it is');
    }
    if (format === 'HEIC') return decodeHeic(bytes, loadHeic, background);
    try {
      return await decodeByVips(sharp, format === 'PNG' ? withWholePalette(bytes) : bytes, {
        maxPixels,
        seconds,
        background,
        shrinkTo,
      });
    } catch (error) {
      if (error instanceof ImageError) throw error;
      throw new ImageError(reasonOf(error, format, seconds), { cause: error });
    }
  };
}

interface VipsRequest {
  readonly maxPixels: number;
  readonly seconds: number;
  readonly background: Colour | undefined;
  readonly shrinkTo: ShrinkTo | undefined;
}

async function decodeByVips(
  sharp: Sharp,
  bytes: Uint8Array,
  { maxPixels, seconds, background, shrinkTo }: VipsRequest,
): Promise<DecodedImage> {
  const options: SharpOptions = {
    failOn: 'truncated', // half a photo is worse for training than none; what libraries only warn of, Pillow shows too
    ignoreIcc: true,
    autoOrient: true,
    pages: 1,
  };
  // Its header alone, so that what is too large is refused in graft's words, before memory is taken.
  const metadata = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
  checkImageSize(metadata.width, metadata.height, maxPixels);
  const isCmyk = metadata.space === 'cmyk';
  const image = sharp(bytes, { ...options, limitInputPixels: maxPixels }).timeout({ seconds });
  // Of other formats libvips would decode all, and their colours may lie under transparent pixels.
  const smaller = metadata.format === 'jpeg' && !isCmyk ? shrinkTo?.(metadata.autoOrient) : undefined;
  // A triangle filter, as graft's. Of a JPEG that is still twice too large libjpeg leaves out frequencies; more would be seen.
  if (smaller) image.resize({ ...smaller, fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false });
  // Inks are left as they are: libvips would print them on a paper that it knows.
  if (isCmyk) image.pipelineColourspace('cmyk').toColourspace('cmyk');
  else image.toColourspace('srgb');
  if (!isCmyk && !background) image.removeAlpha();
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return applyOrientation(
    {
      width: info.width,
      height: info.height,
      data: rgbOf(data, { channels: info.channels, isCmyk, background }),
    },
    orientationOf(metadata, bytes),
  );
}

/** What is left to turn: sharp has followed EXIF in its own place, wherever that says something. */
function orientationOf({ orientation, format, xmpAsString }: Metadata, bytes: Uint8Array): Orientation {
  if (orientation !== undefined) return 1;
  if (format === 'jpeg' || format === 'png')
    return readOrientationNote(bytes, format === 'jpeg' ? 'JPEG' : 'PNG', inflateText).orientation;
  return inXmp(xmpAsString);
}

/** "VipsJpeg: premature end of JPEG image" and the like, in a sentence about the file. */
function reasonOf(error: unknown, format: ImageFormat, seconds: number): string {
  const message = messageOf(error);
  if (message.startsWith('timeout'))
    return `is ${named(format)} image that takes more than ${seconds} s to read`;
  const [first = ''] = message.replace('Input buffer has corrupt header: ', '').split('\n', 1);
  const reason = first.replace(/^\w+: /, '');
  if (/premature end|truncated|out of data|unexpected end|not enough/i.test(message))
    return `is truncated (${reason})`;
  return `is ${named(format)} image that is damaged or of a kind that is not read (${reason})`;
}
