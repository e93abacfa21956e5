/**
 * Reads ahead: while a batch is computed, the photos of the next ones come from a disk or a decoder, so that nobody waits for them where
 * these are fast enough.
 */
import type { Release } from '../../data/index.ts';

/** Brings what an item needs to hand, until it is let go. */
export type Hold<I> = (item: I) => Promise<Release>;

/** Batches that are held or on their way: one is given, the others are read meanwhile. */
const DEPTH = 3;

/** The items in order, each once it is held; it is let go when the next one is asked for. */
export async function* holdAhead<I>(items: Iterable<I>, hold: Hold<I>, depth = DEPTH): AsyncGenerator<I> {
  const rest = items[Symbol.iterator]();
  const coming: { readonly item: I; readonly held: Promise<Release> }[] = [];
  const request = (): boolean => {
    const next = rest.next();
    if (next.done) return false;
    const held = hold(next.value);
    held.catch(() => undefined); // it is awaited in its turn, which may come after it has failed
    coming.push({ item: next.value, held });
    return true;
  };
  try {
    for (;;) {
      while (coming.length < depth && request());
      const [first] = coming;
      if (!first) return;
      const release = await first.held;
      coming.shift();
      try {
        yield first.item;
      } finally {
        release();
      }
    }
  } finally {
    // Whoever stops early finds nothing on its way.
    for (const one of await Promise.allSettled(coming.map(({ held }) => held)))
      if (one.status === 'fulfilled') one.value();
  }
}

/** The same for an item that is several lists of indices. */
export const holdAll = (hold: Hold<Uint32Array> | undefined): Hold<readonly Uint32Array[]> | undefined =>
  hold && ((lists) => hold(Uint32Array.from(lists.flatMap((list) => [...list]))));
