// Decodes photos in several workers. Results come in the order of the paths and only a few more files are under way than the
// consumer has taken, so memory does not grow with the data set. A file that kills its worker (out of memory, a crash)
// or keeps it busy too long costs that file alone: it is reported and the worker is replaced.
import type { Transform } from './resize.ts';
import type { DecodeResult, ImageSource } from './source.ts';

export interface DecodeJob {
  readonly path: string;
  readonly transform: Transform;
}

/** A thread that decodes one file at a time: a worker of Node or of a browser. */
export interface DecodeWorker {
  send(job: DecodeJob): void;
  /** Whether it has work: only then need a process stay alive for it. */
  setBusy(isBusy: boolean): void;
  terminate(): Promise<void>;
}

/** What a worker tells. */
export interface DecodeWorkerEvents {
  /** It runs, and what goes wrong from here on is the fault of a file. */
  ready(): void;
  result(result: DecodeResult): void;
  /** It has ended, for whatever reason. */
  gone(cause: string): void;
}

export type StartDecodeWorker = (events: DecodeWorkerEvents) => DecodeWorker;

export interface DecodePoolOptions {
  /** Number of threads. */
  readonly workers: number;
  /** After this many milliseconds a file is given up. Default: 3 minutes; 100 megapixels took 46 s on a slow core. */
  readonly timeoutMs?: number | undefined;
}

export interface DecodePool extends ImageSource {
  /** Ends all threads; files under way are given up. An idle pool that is not closed does not keep a process alive. */
  close(): Promise<void>;
}

/** Starts a pool; its threads start when there is work for them. Throws `RangeError` unless there is one. */
export function createDecodePool(
  start: StartDecodeWorker,
  { workers: size, timeoutMs = 180_000 }: DecodePoolOptions,
): DecodePool {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`The number of decoding threads must be a positive whole number, not ${size}.`);
  }
  const threads = new Set<DecodeThread>();
  const idle: DecodeThread[] = [];
  const waiting: ((thread: DecodeThread) => void)[] = [];
  let closed = false;

  function open(): DecodeThread {
    const thread = new DecodeThread(start);
    threads.add(thread);
    return thread;
  }

  function acquire(): Promise<DecodeThread> {
    const free = idle.pop();
    if (free) return Promise.resolve(free);
    if (threads.size < size) return Promise.resolve(open());
    return new Promise((resolve) => waiting.push(resolve));
  }

  function release(thread: DecodeThread): void {
    let free = thread;
    if (!thread.alive) {
      threads.delete(thread);
      if (closed || waiting.length === 0) return;
      free = open();
    }
    const next = waiting.shift();
    if (next) next(free);
    else idle.push(free);
  }

  async function decodeOne(job: DecodeJob): Promise<DecodeResult> {
    const thread = await acquire();
    try {
      if (closed) throw new Error('The decode pool is closed.');
      return await thread.decode(job, timeoutMs);
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
          const result = decodeOne({ path, transform });
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
  private readonly worker: DecodeWorker;
  private isReady = false;
  private cause = '';
  /** Settles the file under way. */
  private settle: { resolve(result: DecodeResult): void; fail(): void } | undefined;

  constructor(start: StartDecodeWorker) {
    this.worker = start({
      ready: () => {
        this.isReady = true;
      },
      result: (result) => this.settle?.resolve(result),
      gone: (cause) => {
        this.alive = false;
        this.cause ||= cause;
        this.settle?.fail();
      },
    });
  }

  /** Rejects if the worker cannot start at all, which is no fault of the file. */
  async decode(job: DecodeJob, timeoutMs: number): Promise<DecodeResult> {
    const { worker } = this;
    worker.setBusy(true);
    const timer = setTimeout(() => {
      this.cause = `no result after ${timeoutMs / 1000} s`;
      void worker.terminate();
    }, timeoutMs);
    try {
      return await new Promise<DecodeResult>((resolve, reject) => {
        const fail = () => {
          if (this.isReady) {
            resolve({ ok: false, path: job.path, reason: `made the decoder fail (${this.cause})` });
          } else {
            reject(new Error(`The decoding thread cannot start: ${this.cause}`));
          }
        };
        if (!this.alive) return fail();
        this.settle = { resolve, fail };
        worker.send(job);
      });
    } finally {
      clearTimeout(timer);
      this.settle = undefined;
      worker.setBusy(false);
    }
  }

  async end(): Promise<void> {
    this.cause ||= 'the pool was closed';
    await this.worker.terminate();
  }
}
