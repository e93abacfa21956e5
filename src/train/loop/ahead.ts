/**
 * Keeps the GPU busy: the next piece of work is recorded and submitted before the result of the last one is read, so that the host
 * prepares a batch while the GPU computes the one before. Where a piece takes less time than it may take to hear of its result, more
 * of them are started ahead: in Firefox that is a tenth of a second.
 */
import { holdAhead, type Hold } from './hold-ahead.ts';

export interface AheadOptions<I> {
  /** Once it is aborted no more work is started; what was started is still yielded, then its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Asked after each start: true has all results yielded before more work is started, so that nothing is under way. */
  readonly pause?: (() => boolean) | undefined;
  /** Brings to hand what the work on an item reads from the host while it starts. */
  readonly hold?: Hold<I> | undefined;
  /** A clock in milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** As much work is kept under way as takes this long, in milliseconds. */
const UNDER_WAY = 100;
/** The most pieces that are started ahead: each holds the memory of its inputs on the host. */
const MOST = 8;

/** Starts work on every item and yields the results in order, each after the next item's work was started. */
export async function* ahead<I, O>(
  items: Iterable<I>,
  start: (item: I) => Promise<O>,
  { signal, pause, hold, now = () => performance.now() }: AheadOptions<I> = {},
): AsyncGenerator<O> {
  const pending: Promise<O>[] = [];
  let depth = 1;
  let milliseconds: number | undefined;
  let mark = now();
  /** Yields results until no more than `left` are to come. */
  async function* results(left: number): AsyncGenerator<O> {
    for (let next = pending[0]; next && pending.length > left; next = pending[0]) {
      const result = await next;
      pending.shift();
      const seen = now() - mark;
      milliseconds = milliseconds === undefined ? seen : 0.8 * milliseconds + 0.2 * seen;
      depth = Math.max(1, Math.min(MOST, Math.floor(UNDER_WAY / milliseconds)));
      mark = now();
      yield result;
    }
  }
  try {
    for await (const item of hold ? holdAhead(items, hold) : items) {
      if (signal?.aborted) {
        yield* results(0);
        throw signal.reason;
      }
      const next = start(item);
      next.catch(() => undefined); // it is awaited in its turn, which may come after it has failed
      pending.push(next);
      yield* results(pause?.() ? 0 : depth);
    }
    yield* results(0);
  } finally {
    await Promise.allSettled(pending); // whoever stops early finds no work under way
  }
}
