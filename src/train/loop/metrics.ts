/** How good a network is on some images. */
export interface Metrics {
  /** The mean over all images. */
  readonly loss: number;
  /** The share of images whose most likely class is the right one, 0 … 1. */
  readonly accuracy: number;
  readonly count: number;
}

/** What one batch adds to the metrics. */
export interface BatchMetrics {
  /** The mean over the batch. */
  readonly loss: number;
  readonly correct: number;
  readonly count: number;
}

/** The total of some batches, each image counting alike; the loss is NaN without any. */
export function total(batches: readonly BatchMetrics[]): BatchMetrics {
  const sum = (of: (batch: BatchMetrics) => number) => batches.reduce((all, batch) => all + of(batch), 0);
  const count = sum((batch) => batch.count);
  return {
    loss: sum((batch) => batch.loss * batch.count) / count,
    correct: sum((batch) => batch.correct),
    count,
  };
}

/** The metrics of all images of some batches, each image counting alike; NaN without any. */
export function combine(batches: readonly BatchMetrics[]): Metrics {
  const { loss, correct, count } = total(batches);
  return { loss, accuracy: correct / count, count };
}

/** Whether `a` is a better validation result than `b`: more accurate, or as accurate with a lower loss. */
export function isBetter(a: Metrics, b: Metrics): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss);
}

/**
 * The indices of the `k` largest values, largest first; equal values in their order.
 *
 * ```ts
 * topK([0.1, 0.6, 0.3], 2); // → [1, 2]
 * ```
 */
export function topK(values: ArrayLike<number>, k: number): number[] {
  const list = Array.from(values);
  return [...list.keys()].sort((a, b) => (list[b] ?? 0) - (list[a] ?? 0) || a - b).slice(0, k);
}
