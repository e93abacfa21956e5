// One thread of the decode pool: paths and a transform in, pixels out. Pixels are transferred, not copied.

import { parentPort } from 'node:worker_threads';
import { decodeFile } from '../../data/source.ts';
import type { DecodeJob } from '../../data/decode-pool.ts';
import type { FromWorker } from './decode-pool.ts';
import { nodeFiles } from './files.ts';

const port = parentPort;
if (!port) throw new Error('decode-worker.ts runs as a worker of decode-pool.ts');

port.on('message', ({ path, transform }: DecodeJob) => {
  void decodeFile(nodeFiles, path, transform).then((result) => {
    const message: FromWorker = { kind: 'result', result };
    // The array may be a view of a larger buffer; a transfer takes the buffer as a whole.
    port.postMessage(message, result.ok ? [result.image.data.buffer as ArrayBuffer] : []);
  });
});
port.postMessage({ kind: 'ready' } satisfies FromWorker);
