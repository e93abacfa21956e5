/** A file that may be a photo, looked at: whether it can be read, its checksum, and a small picture of it. For a worker. */
import { ImageError } from '../../../../src/data/errors.ts';
import { checkImageSize, DEFAULT_MAX_PIXELS } from '../../../../src/data/image.ts';
import { named, sniffFormat } from '../../../../src/data/image-format.ts';
import { declaredSize, isWhole } from '../../../../src/data/image-header.ts';
import { OPTIONS, TYPES } from '../../../../src/platform/web/browser-decoder.ts';

/** The longer side of a thumbnail in pixels. */
const SIDE = 128;

export type Looked =
  | { readonly ok: true; readonly sha256: string; readonly thumbnail: Uint8Array<ArrayBuffer> | undefined }
  /** A reason, to be read after the path. */
  | { readonly ok: false; readonly reason: string };

/** Looks at a photo's bytes; a file that is none is a result, not an exception. */
export async function look(bytes: Uint8Array<ArrayBuffer>): Promise<Looked> {
  try {
    const thumbnail = await thumbnailOf(await pictureOf(bytes));
    return { ok: true, sha256: await sha256Of(bytes), thumbnail };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, reason: error.message };
    throw error;
  }
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const FORMATS = Object.keys(TYPES) as (keyof typeof TYPES)[];

/** The photo as the browser decodes it; what it cannot, graft's own decoders may, or say what is wrong. Throws `ImageError`. */
async function pictureOf(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap> {
  const format = sniffFormat(bytes, FORMATS);
  const size = declaredSize(bytes, format);
  if (size) checkImageSize(size.width, size.height, DEFAULT_MAX_PIXELS);
  if (size && isWhole(bytes, format)) {
    const blob = new Blob([bytes], { type: TYPES[format] });
    const picture = await createImageBitmap(blob, OPTIONS).catch(() => undefined);
    if (picture) return picture;
  }
  if (format !== 'JPEG' && format !== 'PNG')
    throw new ImageError(
      `is ${named(format)} image that this browser cannot read: it is damaged, or to be saved as PNG or JPEG`,
    );
  const { decodeImage } = await import('../../../../src/platform/web/own-decoder.ts');
  const { width, height, data } = decodeImage(bytes);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0, from = 0; i < rgba.length; i += 4, from += 3) rgba.set(data.subarray(from, from + 3), i);
  return createImageBitmap(new ImageData(rgba, width, height));
}

async function thumbnailOf(picture: ImageBitmap): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { width, height } = picture;
  try {
    checkImageSize(width, height, DEFAULT_MAX_PIXELS);
    const scale = Math.min(1, SIDE / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.max(1, width * scale), Math.max(1, height * scale));
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) return undefined;
    context.fillStyle = 'white'; // what transparent drawings are usually seen on
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = 'medium';
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    picture.close();
  }
}
