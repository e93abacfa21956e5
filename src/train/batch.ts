/** One batch through the network to a loss, whichever kind it is, and its numbers back to the host in one read. */
import { bceWithLogits, crossEntropy, type Loss, type Tensor } from '../autograd/index.ts';
import { ALIGNMENT, type Gpu, type Storage } from '../gpu/index.ts';
import type { BatchMetrics, LossName } from './metrics.ts';

/** The loss of logits [N, outputs] for the classes `labels`. Call it in the scope that computes the logits. */
export function lossOf(logits: Tensor, labels: readonly number[], loss: LossName): Loss {
  const { gpu } = logits;
  return loss === 'bce'
    ? bceWithLogits(logits, gpu.upload(Float32Array.from(labels), 'targets'))
    : crossEntropy(logits, gpu.upload(Uint32Array.from(labels), 'labels'));
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
