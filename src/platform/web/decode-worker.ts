// One worker of the decode pool: a file's bytes and a transform in, pixels out. Pixels are transferred, not copied.
import { decodeFile } from '../../data/source.ts';
import type { FromDecodeWorker, ToDecodeWorker } from './decode-pool.ts';

/** The DOM's types know a page's `postMessage`, not a worker's. */
const post = (message: FromDecodeWorker, transfer: Transferable[] = []) =>
  (postMessage as (message: FromDecodeWorker, transfer: Transferable[]) => void)(message, transfer);

onmessage = ({ data: { path, bytes, transform } }: MessageEvent<ToDecodeWorker>) => {
  void decodeFile({ read: () => Promise.resolve(bytes) }, path, transform).then((result) =>
    // The array may be a view of a larger buffer; a transfer takes the buffer as a whole.
    post({ kind: 'result', result }, result.ok ? [result.image.data.buffer as ArrayBuffer] : []),
  );
};
post({ kind: 'ready' });
