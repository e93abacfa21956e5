/** One batch through the network to a loss, whichever kind it is, and its numbers back to the host in one read. */
import { bceWithLogits, crossEntropy, type Loss, type Tensor } from '../../autograd/index.ts';
import { ALIGNMENT, type Gpu, type Storage } from '../../gpu/index.ts';
import type { BatchMetrics, LossName } from './metrics.ts';

/** What training adds to the plain loss, by which validation judges. */
export interface LossAdjustments {
  /** The share of each target that goes to all classes alike (Szegedy et al. 2016); 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** A factor for each class, as `balancedWeights` gives them. */
  readonly classWeights?: readonly number[] | undefined;
}

/** The loss of logits [N, outputs] for the classes `labels`. Call it in the scope that computes the logits. */
export function lossOf(
  logits: Tensor,
  labels: readonly number[],
  loss: LossName,
  { labelSmoothing, classWeights }: LossAdjustments = {},
): Loss {
  const { gpu } = logits;
  if (loss === 'bce') {
    const [first = 1, second = 1] = classWeights ?? [];
    const options = { labelSmoothing, positiveWeight: second / first };
    return bceWithLogits(logits, gpu.upload(Float32Array.from(labels), 'targets'), options);
  }
  const weights = classWeights && gpu.upload(Float32Array.from(classWeights), 'class weights');
  const options = { labelSmoothing, classWeights: weights };
  return crossEntropy(logits, gpu.upload(Uint32Array.from(labels), 'labels'), options);
}

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
