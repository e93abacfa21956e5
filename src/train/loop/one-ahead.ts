/**
 * Keeps the GPU busy: the next piece of work is recorded and submitted before the result of the last one is read, so
 * the host prepares a batch while the GPU computes the one before.
 */

export interface OneAheadOptions {
  /** Once it is aborted no more work is started; what was started is still yielded, then its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Asked after each start: true has all results yielded before more work is started, so that nothing is under way. */
  readonly pause?: (() => boolean) | undefined;
}

/** Starts work on every item and yields the results in order, each after the next item's work was started. */
export async function* oneAhead<I, O>(
  items: Iterable<I>,
  start: (item: I) => Promise<O>,
  { signal, pause }: OneAheadOptions = {},
): AsyncGenerator<O> {
  let pending: Promise<O> | undefined;
  try {
    for (const item of items) {
      if (signal?.aborted) {
        if (pending) yield await pending;
        throw signal.reason;
      }
      const next = start(item);
      next.catch(() => undefined); // it is awaited in its turn, which may come after it has failed
      const last = pending;
      pending = next;
      if (last) yield await last;
      if (pause?.()) {
        pending = undefined;
        yield await next;
      }
    }
    if (pending) yield await pending;
  } finally {
    await pending?.catch(() => undefined); // whoever stops early finds no work under way
  }
}
