// Decodes photos on all cores. Results come in the order of the paths and only a few more files are under way than the
// consumer has taken, so memory does not grow with the data set. A file that kills its worker (out of memory, a crash)
// or keeps it busy too long costs that file alone: it is reported and the worker is replaced.

import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Transform } from '../../data/resize.ts';
import type { DecodeResult, ImageSource } from '../../data/source.ts';

export interface ToWorker {
  readonly path: string;
  readonly transform: Transform;
}

export type FromWorker =
  { readonly kind: 'ready' } | { readonly kind: 'result'; readonly result: DecodeResult };

export interface DecodePoolOptions {
  /** Number of threads. Default: one a core. */
  readonly workers?: number;
  /** After this many milliseconds a file is given up. Default: 3 minutes; 100 megapixels took 46 s on a slow core. */
  readonly timeoutMs?: number;
  /** The worker's module. Default: decode-worker beside this file. */
  readonly script?: URL;
}

export interface DecodePool extends ImageSource {
  /**
   * Ends all threads; files under way are given up. An idle pool that is not closed does not keep the process alive.
   */
  close(): Promise<void>;
}

/** Starts a pool; its threads start when there is work for them. */
export function createDecodePool(options: DecodePoolOptions = {}): DecodePool {
  const { workers: size = availableParallelism(), timeoutMs = 180_000, script = defaultScript() } = options;
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`The number of decoding threads must be a positive whole number, not ${size}.`);
  }
  const threads = new Set<DecodeThread>();
  const idle: DecodeThread[] = [];
  const waiting: ((thread: DecodeThread) => void)[] = [];
  let closed = false;

  function acquire(): Promise<DecodeThread> {
    const free = idle.pop();
    if (free) return Promise.resolve(free);
    if (threads.size < size) {
      const thread = new DecodeThread(script);
      threads.add(thread);
      return Promise.resolve(thread);
    }
    return new Promise((resolve) => waiting.push(resolve));
  }

  function release(thread: DecodeThread): void {
    let free = thread;
    if (!thread.alive) {
      threads.delete(thread);
      if (closed || waiting.length === 0) return;
      free = new DecodeThread(script);
      threads.add(free);
    }
    const next = waiting.shift();
    if (next) next(free);
    else idle.push(free);
  }

  async function decodeOne(path: string, transform: Transform): Promise<DecodeResult> {
    const thread = await acquire();
    try {
      if (closed) throw new Error('The decode pool is closed.');
      return await thread.decode({ path, transform }, timeoutMs);
    } finally {
      release(thread);
    }
  }

  return {
    async *decode(paths, transform) {
      // Twice the threads: one file in each, and one decoded that waits for the consumer.
      const ahead: Promise<DecodeResult>[] = [];
      try {
        for (const path of paths) {
          const result = decodeOne(path, transform);
          // It is awaited below in its turn, which may come after it has failed.
          result.catch(() => undefined);
          ahead.push(result);
          if (ahead.length >= 2 * size) yield await ahead[0]!; // not empty: just pushed
          if (ahead.length >= 2 * size) ahead.shift();
        }
        for (const result of ahead) yield await result;
      } finally {
        await Promise.allSettled(ahead);
      }
    },
    async close() {
      closed = true;
      await Promise.all([...threads].map((thread) => thread.end()));
    },
  };
}

/** A worker with at most one file under way. */
class DecodeThread {
  alive = true;
  private readonly worker: Worker;
  private isReady = false;
  private cause = '';
  /** Settles the file under way. */
  private settle: { resolve(result: DecodeResult): void; fail(): void } | undefined;

  constructor(script: URL) {
    this.worker = startWorker(script);
    this.worker.unref();
    this.worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') this.isReady = true;
      else this.settle?.resolve(message.result);
    });
    this.worker.on('error', (error: unknown) => {
      this.cause = error instanceof Error ? error.message : String(error);
    });
    this.worker.on('exit', (code) => {
      this.alive = false;
      this.cause ||= `exit code ${code}`;
      this.settle?.fail();
    });
  }

  /** @throws Error if the worker cannot start at all, which is no fault of the file. */
  async decode(job: ToWorker, timeoutMs: number): Promise<DecodeResult> {
    this.worker.ref();
    const timer = setTimeout(() => {
      this.cause = `no result after ${timeoutMs / 1000} s`;
      void this.worker.terminate();
    }, timeoutMs);
    try {
      return await new Promise<DecodeResult>((resolve, reject) => {
        const fail = () => {
          if (this.isReady) {
            resolve({ ok: false, path: job.path, reason: `made the decoder fail (${this.cause})` });
          } else {
            reject(new Error(`The decoding thread does not start: ${this.cause}`));
          }
        };
        if (!this.alive) return fail();
        this.settle = { resolve, fail };
        this.worker.postMessage(job);
      });
    } finally {
      clearTimeout(timer);
      this.settle = undefined;
      this.worker.unref();
    }
  }

  async end(): Promise<void> {
    this.cause ||= 'the pool was closed';
    await this.worker.terminate();
  }
}

/** The worker lies beside this file and has its ending: .ts among the sources, .mjs in a bundle. */
function defaultScript(): URL {
  return new URL(`decode-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
}

/**
 * Starts a module as a worker. Node 20 ignores loaders in a worker's flags, so TypeScript goes through a first module,
 * in a data: URL, that registers tsx from inside; tsx is found from this file, not from the current folder.
 */
function startWorker(script: URL): Worker {
  const entry = script.pathname.endsWith('.ts')
    ? new URL(
        `data:text/javascript,${encodeURIComponent(
          `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))};` +
            `register(); await import(${JSON.stringify(script.href)});`,
        )}`,
      )
    : script;
  // Flags of tsx or vitest in this process are not for the worker.
  return new Worker(entry, { execArgv: [], name: 'graft-decode' });
}
