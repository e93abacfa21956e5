/** Adam (Kingma and Ba 2014) and AdamW (Loshchilov and Hutter 2017) over an arena of parameters. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { runUpdate, type UpdateControls } from '../update.ts';
import { adamKernel } from './adam.wgsl.ts';

/** The numbers of Adam's formula, by the paper's names. */
export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Whether weight decay shrinks the parameters themselves (AdamW) or is added to the gradient (L2, Adam). */
  readonly decoupled?: boolean;
  /** Multiplies the gradients first; 1 by default. */
  readonly gradientScale?: number;
}

/**
 * One step on `count` parameters, as torch.optim.Adam's or AdamW's: m and v are the running means of gradients and of
 * their squares, zero before step 1, and `step` counts from 1. Rates and decay by group: see `UpdateControls`. Throws
 * `RangeError` where a storage is too small or `step` is none.
 *
 * ```ts
 * const parameters = gpu.upload(Float32Array.of(1, 1));
 * const gradients = gpu.upload(Float32Array.of(0.5, -4));
 * const [m, v] = [gpu.upload(new Float32Array(2)), gpu.upload(new Float32Array(2))];
 * const groups = gpu.upload(Float32Array.of(1, 0)); // a block of 64: the whole learning rate, and no decay
 * const options = { learningRate: 0.125, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
 * adam(gpu, { parameters, gradients, m, v, groups }, 2, 1, options);
 * await gpu.read(parameters); // → [0.875, 1.125]
 * ```
 */
export function adam(
  gpu: Gpu,
  storages: UpdateControls & {
    readonly parameters: Storage;
    readonly gradients: Storage;
    readonly m: Storage;
    readonly v: Storage;
  },
  count: number,
  step: number,
  options: AdamOptions,
): void {
  if (!Number.isSafeInteger(step) || step < 1)
    throw new RangeError(`adam: step = ${step} must count from 1.`);
  const { learningRate, beta1, beta2, epsilon, decoupled = false, gradientScale = 1 } = options;
  const params = {
    stepSize: learningRate / (1 - beta1 ** step),
    rootScale: 1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    beta1,
    oneMinusBeta1: 1 - beta1,
    beta2,
    oneMinusBeta2: 1 - beta2,
    gradientScale,
    l2: decoupled ? 0 : 1,
    shrink: decoupled ? learningRate : 0,
  };
  const { parameters, gradients, m, v } = storages;
  runUpdate(gpu, 'adam', adamKernel, { parameters, gradients, m, v }, storages, count, params);
}
