/**
 * How long a thread of a kernel that only moves memory should go on: its loop's length is a parameter of the dispatch, so
 * one pipeline serves every size. Drivers unroll loops of constant length, which on software adapters outgrows the
 * instruction cache: the same loop then runs at a third of its speed.
 */
import type { Gpu } from '../gpu/index.ts';

/** Threads that fill a GPU. */
const GPU_THREADS = 2 ** 17;
const GPU_LONGEST = 8;
/** Threads that fill a CPU's cores evenly. Beginning one costs as much as loading some dozens of vectors, so few are best. */
const SOFTWARE_THREADS = 2 ** 12;
const SOFTWARE_LONGEST = 64;

/** Items that each thread should treat, of `items` that are to be treated in all: 1 where threads are what is wanting. */
export function walkLength({ software }: Pick<Gpu, 'software'>, items: number): number {
  const [threads, longest] = software ? [SOFTWARE_THREADS, SOFTWARE_LONGEST] : [GPU_THREADS, GPU_LONGEST];
  return Math.min(longest, Math.max(1, Math.floor(items / threads)));
}
