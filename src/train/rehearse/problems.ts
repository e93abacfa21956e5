/**
 * Which problems a network meets, as autotuning knows them: found by rehearsing a training step and an evaluation while
 * listening to what the operations ask their measurements for.
 */
import { backward, crossEntropy, Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { architectures, type Architecture } from '../architectures.ts';
import { freeze, type Statistics } from '../loop/freeze.ts';

export interface NetworkUse {
  readonly architecture: Architecture;
  readonly batchSize: number;
  /** Side of the square images in pixels. */
  readonly size: number;
  /** What is trained, and how frozen batch norm normalises, as `freeze` takes them. */
  readonly tune: string;
  readonly bn: Statistics;
}

/**
 * The names of all problems of a training step and an evaluation of one batch, with how often they come up in both.
 * Nothing is computed. Throws as `freeze` does.
 */
export function problemsOf(gpu: Gpu, use: NetworkUse): Map<string, number> {
  const { architecture, batchSize: n, size, tune, bn } = use;
  const counts = new Map<string, number>();
  const before = gpu.autotuned;
  const model = architectures[architecture](gpu);
  freeze(model, tune, bn);
  gpu.autotuned = {
    get: (problem) => {
      counts.set(problem, (counts.get(problem) ?? 0) + 1);
      return undefined;
    },
  };
  try {
    gpu.rehearse(() => {
      const x = new Tensor(gpu, [n, size, size, 3], gpu.temporary(n * size * size * 3 * 4));
      model.train();
      backward(crossEntropy(model.forward(x), gpu.temporary(n * 4)).loss);
      model.eval();
      model.forward(x);
    });
  } finally {
    gpu.autotuned = before;
    for (const { storage, gradient } of model.parameters())
      for (const memory of [storage, gradient?.storage]) if (memory) gpu.release(memory);
  }
  return counts;
}
