// Cuts the indices of a data set into batches for one epoch. The order depends on seed and epoch alone, so a run that
// is resumed at epoch 7 sees what an uninterrupted one would have seen.

import { createRandom, permutation } from '../random.ts';

/** Which order, and what becomes of a rest. */
export interface BatchOptions {
  readonly seed: number;
  readonly epoch: number;
  /** Default: true. */
  readonly shuffle?: boolean;
  /** Leave out a last batch that is not full. Default: false. */
  readonly dropLast?: boolean;
}

/** Keeps the epochs' random streams apart from that of the split. */
const EPOCH_STREAM = 0xe70c4;

/**
 * Yields the indices 0 … count − 1 in batches of `batchSize`, shuffled unless told otherwise.
 *
 * ```ts
 * const sizes = [...batches(10, 4, { seed: 1, epoch: 1 })].map((batch) => batch.length);
 * sizes; // → [4, 4, 2]
 * ```
 *
 * @throws RangeError if `batchSize` is not a positive whole number, or seed or epoch not whole.
 */
export function* batches(count: number, batchSize: number, options: BatchOptions): Generator<Uint32Array> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`The batch size must be a positive whole number, not ${batchSize}.`);
  }
  const { seed, epoch, shuffle = true, dropLast = false } = options;
  const order = shuffle
    ? permutation(count, createRandom(seed, EPOCH_STREAM, epoch))
    : Uint32Array.from({ length: count }, (_, i) => i);
  const end = dropLast ? count - (count % batchSize) : count;
  for (let start = 0; start < end; start += batchSize) {
    yield order.slice(start, Math.min(start + batchSize, end));
  }
}
