// The decode pool over web workers. The files are read here and their bytes sent along, as only this side has them.
import { createDecodePool, type DecodePool, type StartDecodeWorker } from '../../data/decode-pool.ts';
import type { DecoderName, FileSystem } from '../../data/index.ts';
import type { DecodeResult } from '../../data/source.ts';
import type { Transform } from '../../data/resize.ts';
import { messageOf } from '../../format.ts';

export interface ToDecodeWorker {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly transform: Transform;
  readonly decoder: DecoderName;
}

export type FromDecodeWorker =
  { readonly kind: 'ready' } | { readonly kind: 'result'; readonly result: DecodeResult };

/** More would decode faster than the GPU can take in, and each takes the memory of a whole photo. */
const MOST_WORKERS = 4;

/**
 * Starts a pool of workers from `startWorker`, which starts decode-worker.ts; one per core, and at most four. All of them decode by
 * the decoder of that name.
 */
export function webDecodePool(
  files: Pick<FileSystem, 'read'>,
  startWorker: () => Worker,
  decoder: DecoderName = 'browser',
): DecodePool {
  const workers = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency));
  return createDecodePool(threadOf(files, startWorker, decoder), { workers });
}

const threadOf =
  (files: Pick<FileSystem, 'read'>, startWorker: () => Worker, decoder: DecoderName): StartDecodeWorker =>
  (events) => {
    const worker = startWorker();
    const end = (cause: string) => {
      worker.terminate();
      events.gone(cause);
    };
    worker.onmessage = ({ data }: MessageEvent<FromDecodeWorker>) => {
      if (data.kind === 'ready') events.ready();
      else events.result(data.result);
    };
    worker.onerror = ({ message }) => end(message || 'it could not be loaded');
    return {
      send({ path, transform }) {
        files.read(path).then(
          (bytes) => worker.postMessage({ path, bytes, transform, decoder } satisfies ToDecodeWorker),
          (error: unknown) =>
            events.result({ ok: false, path, reason: `cannot be read: ${messageOf(error)}` }),
        );
      },
      setBusy: () => undefined, // a page lives as long as its tab
      terminate: () => Promise.resolve(end('it was ended')),
    };
  };
