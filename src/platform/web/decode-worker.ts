// One worker of the decode pool: a file's bytes, a transform and the decoder to use in, pixels out. Pixels are transferred, not copied.
// Resampling is graft's whichever decoder is used, so that both faces agree.
import type { DecoderName } from '../../data/decoders.ts';
import { ImageError } from '../../data/errors.ts';
import type { Colour, DecodedImage } from '../../data/image.ts';
import { applyTransform } from '../../data/resize.ts';
import type { DecodeResult } from '../../data/source.ts';
import { browserDecoder } from './browser-decoder.ts';
import type { FromDecodeWorker, ToDecodeWorker } from './decode-pool.ts';

const loadOwn = async () => (await import('./own-decoder.ts')).decodeImage;
const byBrowser = browserDecoder({ loadOwn });

/** There is no other decoder in a browser. */
const decode = async (by: DecoderName, bytes: Uint8Array, background?: Colour): Promise<DecodedImage> =>
  by === 'graft' ? (await loadOwn())(bytes, { background }) : byBrowser(bytes, background);

async function decodeJob({ path, bytes, transform, decoder }: ToDecodeWorker): Promise<DecodeResult> {
  try {
    const image = await decode(decoder, bytes, transform.background);
    return { ok: true, path, image: applyTransform(image, transform) };
  } catch (error) {
    if (error instanceof ImageError) return { ok: false, path, reason: error.message };
    throw error;
  }
}

/** The DOM's types know a page's `postMessage`, not a worker's. */
const post = (message: FromDecodeWorker, transfer: Transferable[] = []) =>
  (postMessage as (message: FromDecodeWorker, transfer: Transferable[]) => void)(message, transfer);

onmessage = ({ data }: MessageEvent<ToDecodeWorker>) => {
  decodeJob(data).then(
    // The array may be a view of a larger buffer; a transfer takes the buffer as a whole.
    (result) => post({ kind: 'result', result }, result.ok ? [result.image.data.buffer as ArrayBuffer] : []),
    // Outside of the promise it reaches whoever started the worker, who replaces it.
    (error: unknown) => setTimeout(() => reportError(error)),
  );
};
post({ kind: 'ready' });
