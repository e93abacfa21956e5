// The decode pool over worker threads, one per core.
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import {
  createDecodePool,
  type DecodePool,
  type DecodePoolOptions,
  type StartDecodeWorker,
} from '../../data/decode-pool.ts';
import type { DecoderName } from '../../data/decoders.ts';
import type { DecodeResult } from '../../data/source.ts';
import { decodersHere } from './photos/decoders.ts';

export type FromWorker =
  { readonly kind: 'ready' } | { readonly kind: 'result'; readonly result: DecodeResult };

export interface NodeDecodePoolOptions extends Partial<DecodePoolOptions> {
  /** The worker's module. Default: decode-worker beside this file. */
  readonly script?: URL;
  /** What they decode by. Default: the first that is to be had. */
  readonly decoder?: DecoderName;
}

/** Starts a pool of threads that read files by their paths; one per core by default. */
export function nodeDecodePool(options: NodeDecodePoolOptions = {}): DecodePool {
  const { workers = availableParallelism(), timeoutMs, script = defaultScript() } = options;
  const [preferred] = decodersHere(); // loads sharp in this thread, which must do so before its workers
  const { decoder = preferred } = options;
  return createDecodePool(threadOf(script, decoder), { workers, timeoutMs });
}

const threadOf =
  (script: URL, decoder: DecoderName): StartDecodeWorker =>
  (events) => {
    const worker = startWorker(script, decoder);
    worker.unref();
    let cause = '';
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') events.ready();
      else events.result(message.result);
    });
    worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', (code) => events.gone(cause || `exit code ${code}`));
    return {
      send: (job) => worker.postMessage(job),
      setBusy: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
      terminate: async () => void (await worker.terminate()),
    };
  };

/** The worker lies beside this file and has its ending: .ts among the sources, .mjs in a bundle. */
function defaultScript(): URL {
  return new URL(`decode-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
}

/**
 * Starts a module as a worker. Node 20 ignores loaders in a worker's flags, so TypeScript goes through a first module,
 * in a data: URL, that registers tsx from inside; tsx is found from this file, not from the current folder.
 */
function startWorker(script: URL, decoder: DecoderName): Worker {
  const entry = script.pathname.endsWith('.ts')
    ? new URL(
        `data:text/javascript,${encodeURIComponent(
          `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))};` +
            `register(); await import(${JSON.stringify(script.href)});`,
        )}`,
      )
    : script;
  // Flags of tsx or vitest in this process are not for the worker.
  return new Worker(entry, { execArgv: [], name: 'graft-decode', workerData: decoder });
}
