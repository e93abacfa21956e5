/** Stochastic gradient descent with momentum over an arena of parameters. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { runUpdate, type UpdateControls } from '../update.ts';
import { sgdKernel } from './sgd.wgsl.ts';

export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  /** Multiplies the gradients first; 1 by default. */
  readonly gradientScale?: number;
}

/**
 * One step on `count` parameters as torch.optim.SGD's (no dampening, no Nesterov); velocity is zero before the first.
 * Rates and decay by group: see `UpdateControls`. Throws `RangeError` if a storage is too small.
 */
export function sgd(
  gpu: Gpu,
  storages: UpdateControls & {
    readonly parameters: Storage;
    readonly gradients: Storage;
    readonly velocity: Storage;
  },
  count: number,
  { learningRate, momentum, gradientScale = 1 }: SgdOptions,
): void {
  const { parameters, gradients, velocity } = storages;
  const params = { learningRate, momentum, gradientScale };
  runUpdate(gpu, 'sgd', sgdKernel, { parameters, gradients, velocity }, storages, count, params);
}
