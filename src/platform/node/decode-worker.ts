// One thread of the decode pool, begun with the name of a decoder: paths and a transform in, pixels out. Pixels are transferred, not
// copied. sharp would decode in threads of its own; but resampling is graft's, to the bit of Pillow's, and takes as long.

import { parentPort, workerData } from 'node:worker_threads';
import type { DecoderName } from '../../data/decoders.ts';
import { decodeFile } from '../../data/source.ts';
import type { DecodeJob } from '../../data/decode-pool.ts';
import type { FromWorker } from './decode-pool.ts';
import { nodeFiles } from './files.ts';
import { decoderOf } from './photos/decoders.ts';

const port = parentPort;
if (!port) throw new Error('decode-worker.ts runs as a worker of decode-pool.ts');

const decode = decoderOf(workerData as DecoderName);

port.on('message', ({ path, transform }: DecodeJob) => {
  void decodeFile(nodeFiles, path, transform, decode).then((result) => {
    const message: FromWorker = { kind: 'result', result };
    // The array may be a view of a larger buffer; a transfer takes the buffer as a whole.
    port.postMessage(message, result.ok ? [result.image.data.buffer as ArrayBuffer] : []);
  });
});
port.postMessage({ kind: 'ready' } satisfies FromWorker);
