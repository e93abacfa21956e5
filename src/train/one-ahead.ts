/**
 * Keeps the GPU busy: the next piece of work is recorded and submitted before the result of the last one is read, so
 * the host prepares a batch while the GPU computes the one before.
 */

/** Starts work on every item and yields the results in order, each after the next item's work was started. */
export async function* oneAhead<I, O>(items: Iterable<I>, start: (item: I) => Promise<O>): AsyncGenerator<O> {
  let pending: Promise<O> | undefined;
  try {
    for (const item of items) {
      const next = start(item);
      next.catch(() => undefined); // it is awaited in its turn, which may come after it has failed
      const last = pending;
      pending = next;
      if (last) yield await last;
    }
    if (pending) yield await pending;
  } finally {
    await pending?.catch(() => undefined); // whoever stops early finds no work under way
  }
}
