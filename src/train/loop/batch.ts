/** A batch's numbers: how much each class counts in its loss, and the result back to the host in one read. */
import type { Loss } from '../../autograd/index.ts';
import { ALIGNMENT, type Gpu, type Storage } from '../../gpu/index.ts';
import type { BatchMetrics } from './metrics.ts';

/**
 * Weights by which all classes count alike, however many images each has: total / (classes · images of the class), as
 * scikit-learn's "balanced". A class without images gets 1. `labels` are indices of `classes` classes.
 */
export function balancedWeights(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of Array.from(labels)) counts[label] = (counts[label] ?? 0) + 1;
  return counts.map((count) => (count === 0 ? 1 : labels.length / (classes * count)));
}

/** Reads a batch's loss and number of right answers. Call it in the scope that computes them. */
export async function readMetrics(gpu: Gpu, { loss, correct }: Loss, count: number): Promise<BatchMetrics> {
  const values = await readScalars(gpu, [loss.storage, correct]);
  return { loss: values[0] ?? NaN, correct: values[1] ?? NaN, count };
}

/** The first float of each storage, all in one read: every read waits for the GPU once. */
async function readScalars(gpu: Gpu, storages: readonly Storage[]): Promise<number[]> {
  const together = gpu.temporary(storages.length * ALIGNMENT, 'scalars');
  storages.forEach((storage, i) => gpu.copy(storage.slice(0, 4), together.slice(i * ALIGNMENT, 4)));
  const values = await gpu.read(together);
  return storages.map((_, i) => values[(i * ALIGNMENT) / 4] ?? NaN);
}
