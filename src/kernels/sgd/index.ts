/** Stochastic gradient descent with momentum over an arena of parameters. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { runUpdate, type UpdateControls } from '../update.ts';
import type { Width } from '../vectors.ts';
import { sgdKernel } from './sgd.wgsl.ts';

/** The numbers of the formula. */
export interface SgdOptions {
  readonly learningRate: number;
  readonly momentum: number;
  /** Goes by where the velocity will have led (Sutskever et al. 2013), in PyTorch's form; false by default. */
  readonly nesterov?: boolean;
  /** Multiplies the gradients first; 1 by default. */
  readonly gradientScale?: number;
}

/**
 * One step on `count` parameters as torch.optim.SGD's without dampening; velocity is zero before the first.
 * Rates and decay by group: see `UpdateControls`. Throws `RangeError` if a storage is too small.
 *
 * ```ts
 * const parameters = gpu.upload(Float32Array.of(1, 1));
 * const gradients = gpu.upload(Float32Array.of(2, -4));
 * const velocity = gpu.upload(Float32Array.of(0, 8));
 * const groups = gpu.upload(Float32Array.of(1, 0)); // a block of 64: the whole learning rate, and no decay
 * const options = { learningRate: 0.125, momentum: 0.75 };
 * sgd(gpu, { parameters, gradients, velocity, groups }, 2, options);
 * await gpu.read(parameters); // → [0.75, 0.75]
 * ```
 */
export function sgd(
  gpu: Gpu,
  storages: UpdateControls & {
    readonly parameters: Storage;
    readonly gradients: Storage;
    readonly velocity: Storage;
  },
  count: number,
  { learningRate, momentum, nesterov = false, gradientScale = 1 }: SgdOptions,
): void {
  const { parameters, gradients, velocity } = storages;
  const params = { learningRate, momentum, gradientScale };
  const make = (width: Width, clipped: boolean) => sgdKernel(nesterov, width, clipped);
  runUpdate(gpu, 'sgd', make, { parameters, gradients, velocity }, storages, count, params);
}
