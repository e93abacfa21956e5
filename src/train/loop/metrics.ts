/** What a run is judged by, and what logits mean to people. */

/** Softmax over one logit a class, or the sigmoid of a single logit for the second of two classes. */
export const losses = ['cross-entropy', 'bce'] as const;
export type LossName = (typeof losses)[number];

export interface Metrics {
  /** The mean over all images. */
  readonly loss: number;
  /** The share of images whose likeliest class is the right one, 0 … 1. */
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

/** What some batches are together, each image counting alike; the loss is NaN without any. */
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

/** The logits of one image → the probability of each class; a single logit is that of the second of two classes. */
export function probabilities(logits: ArrayLike<number>, loss: LossName): number[] {
  const values = Array.from(logits);
  if (loss === 'bce') {
    const second = 1 / (1 + Math.exp(-(values[0] ?? NaN)));
    return [1 - second, second];
  }
  const largest = Math.max(...values); // taken off so that no exponential overflows
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The indices of the `k` largest values, largest first; equal values in their order. */
export function topK(values: ArrayLike<number>, k: number): number[] {
  const list = Array.from(values);
  return [...list.keys()].sort((a, b) => (list[b] ?? 0) - (list[a] ?? 0) || a - b).slice(0, k);
}
