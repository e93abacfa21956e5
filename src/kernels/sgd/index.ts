/** Stochastic gradient descent with momentum over an arena of parameters. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { runMap } from '../elementwise/run.ts';
import { sgdKernel } from './sgd.wgsl.ts';

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  /** L2 penalty, added to the gradient. */
  readonly weightDecay: number;
  /** Multiplies the gradients first, e.g. to clip them; 1 by default. */
  readonly gradientScale?: number;
}

/**
 * One step on `count` parameters as torch.optim.SGD's (no dampening, no Nesterov); velocity is zero before the first.
 * Throws `RangeError` where a storage is too small.
 */
export function sgd(
  gpu: Gpu,
  storages: { readonly parameters: Storage; readonly gradients: Storage; readonly velocity: Storage },
  count: number,
  { learningRate, momentum, weightDecay, gradientScale = 1 }: SgdOptions,
): void {
  const params = { learningRate, momentum, weightDecay, gradientScale };
  runMap(gpu, 'sgd', sgdKernel, storages, count, params, 2);
}
