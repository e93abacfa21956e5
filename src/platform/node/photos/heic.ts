// HEIC, the photos of iPhones. What reads it is under the LGPL and patents, so it is no part of graft and none of its dependencies: where
// whoever wants it has installed heic-decode, it is used.
import { ImageError } from '../../../data/errors.ts';
import type { Colour, DecodedImage } from '../../../data/image.ts';
import { messageOf } from '../../../format.ts';
import { rgbOf } from './pixels.ts';

/** The package's function: a file to upright RGBA [H, W, 4]. */
export type HeicDecode = (file: {
  readonly buffer: Uint8Array;
}) => Promise<{ readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }>;

/** Gives the function; rejects if there is none. */
export type LoadHeic = () => Promise<HeicDecode>;

/** Not as a literal, which bundlers and the compiler would look for. */
const PACKAGE = 'heic-decode' as string;

export const installedHeic: LoadHeic = async () =>
  ((await import(PACKAGE)) as { readonly default: HeicDecode }).default;

export const heicDecodeIsInstalled = (): Promise<boolean> =>
  installedHeic().then(
    () => true,
    () => false,
  );

/** Decodes a HEIC image whose size was found to be in bounds. Rejects with `ImageError`, which says how to get the package. */
export async function decodeHeic(
  bytes: Uint8Array,
  load: LoadHeic,
  background: Colour | undefined,
): Promise<DecodedImage> {
  let decode: HeicDecode;
  try {
    decode = await load();
  } catch (error) {
    const isMissing = (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
    throw new ImageError(
      isMissing
        ? 'is a HEIC image, which `npm install heic-decode` lets graft read; or save it as JPEG'
        : `is a HEIC image, and heic-decode cannot start (${messageOf(error)}): save it as JPEG`,
      { cause: error },
    );
  }
  try {
    const { width, height, data } = await hushed(() => decode({ buffer: bytes }));
    const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { width, height, data: rgbOf(samples, { channels: 4, isCmyk: false, background }) };
  } catch (error) {
    throw new ImageError(
      `is a HEIC image that is damaged or of a kind that is not read (${messageOf(error)})`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Runs `work` without a console: the library inside prints what it finds wrong in a file, with the file's own characters, where a program may
 * read what graft prints. A thread decodes one file at a time, so no two of these overlap.
 */
async function hushed<T>(work: () => Promise<T>): Promise<T> {
  const { log, warn, error } = console;
  console.log = console.warn = console.error = () => undefined;
  try {
    return await work();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
