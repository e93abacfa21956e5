// Where decoded images come from: a pool of workers, or this thread. Consumers pull results in order, so
// a fast source waits for a slow consumer and memory stays bounded however many files there are.

import { decodeImage } from './decode.ts';
import { ImageError } from './errors.ts';
import type { FileSystem } from './files.ts';
import type { DecodedImage } from './image.ts';
import { applyTransform, type Transform } from './resize.ts';
import { shrinkTo, type ShrinkTo } from './shrink.ts';

/** A decoded and transformed file, or the reason why there is none ("is truncated: …", to be read after the path). */
export type DecodeResult =
  | { readonly ok: true; readonly path: string; readonly image: DecodedImage }
  | { readonly ok: false; readonly path: string; readonly reason: string };

export interface ImageSource {
  /** Gives one result a path, in the order of `paths`. A file that cannot be used is a result, not an exception. */
  decode(paths: Iterable<string>, transform: Transform): AsyncIterable<DecodeResult>;
}

/** A decoder: the bytes of a file to upright RGB [H, W, 3]. Throws or rejects with `ImageError` for what cannot be read. */
export type Decode = (bytes: Uint8Array, request: DecodeRequest) => DecodedImage | Promise<DecodedImage>;

export interface DecodeRequest extends Pick<Transform, 'background'> {
  /** Which photos may be made smaller, and how small. A decoder that gains nothing by it gives the whole photo. */
  readonly shrinkTo?: ShrinkTo;
}

/** A source that reads and decodes in the calling thread, one file after the other; by graft's own decoders if not told otherwise. */
export function inlineSource(files: Pick<FileSystem, 'read'>, by: Decode = decodeImage): ImageSource {
  return {
    async *decode(paths, transform) {
      for (const path of paths) yield await decodeFile(files, path, transform, by);
    },
  };
}

/** Why a file gave no bytes, to be read after its path. */
function unreadable(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be read: ${String(error)}`;
  return 'code' in error && error.code === 'ENOENT' ? 'does not exist' : `cannot be read: ${error.message}`;
}

/** Reads, decodes and transforms one file; never rejects because of the file. */
export async function decodeFile(
  files: Pick<FileSystem, 'read'>,
  path: string,
  transform: Transform,
  by: Decode,
): Promise<DecodeResult> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
  } catch (error) {
    return { ok: false, path, reason: unreadable(error) };
  }
  try {
    const image = await by(bytes, { background: transform.background, shrinkTo: shrinkTo(transform) });
    return { ok: true, path, image: applyTransform(image, transform) };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, path, reason: error.message };
    throw error;
  }
}
