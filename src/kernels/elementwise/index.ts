/**
 * Operations that treat each element on its own. Tensors may have any shape: `count` is their number of floats, and
 * all functions throw `RangeError` where a storage holds fewer.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { accumulateKernel, addKernel, reluBackwardKernel, reluKernel } from './maps.wgsl.ts';
import { runMap } from './run.ts';

/** y = max(x, 0); NaN stays NaN, as in PyTorch. */
export function relu(gpu: Gpu, storages: { readonly x: Storage; readonly y: Storage }, count: number): void {
  runMap(gpu, 'relu', reluKernel, storages, count, {});
}

/** dx = dy where the forward result y is positive, else 0. */
export function reluBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly y: Storage; readonly dx: Storage },
  count: number,
): void {
  runMap(gpu, 'reluBackward', reluBackwardKernel, storages, count, {});
}

/** y = a + b; y is neither of the two storages (see `accumulate`). */
export function add(
  gpu: Gpu,
  storages: { readonly a: Storage; readonly b: Storage; readonly y: Storage },
  count: number,
): void {
  runMap(gpu, 'add', addKernel, storages, count, {});
}

/** y += x, in place. */
export function accumulate(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage },
  count: number,
): void {
  runMap(gpu, 'accumulate', accumulateKernel, storages, count, {});
}
