/**
 * Operations that treat each element on its own. Tensors may have any shape: `count` is their number of floats, and
 * all functions throw `RangeError` where a storage holds fewer.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import * as kernels from './maps.wgsl.ts';
import { runMap } from './run.ts';

export { defineMap, mapGrid, type MapSpec } from './map.wgsl.ts';
export { mul, scale, scaleRows } from './products.ts';
export { runMap } from './run.ts';
export { floats, type Width } from '../vectors.ts';

/**
 * y = a + b; y is neither of the two storages (see `accumulate`). Throws `RangeError` where one holds fewer than `count` floats.
 *
 * ```ts
 * const [a, b] = [gpu.upload(Float32Array.of(1, 2, 3)), gpu.upload(Float32Array.of(10, 20, 30))];
 * const y = gpu.temporary(3 * 4);
 * add(gpu, { a, b, y }, 3);
 * await gpu.read(y); // → [11, 22, 33]
 * ```
 */
export function add(
  gpu: Gpu,
  storages: { readonly a: Storage; readonly b: Storage; readonly y: Storage },
  count: number,
): void {
  runMap(gpu, 'add', kernels.addKernel, storages, count, {});
}

/**
 * y += x, in place. Throws `RangeError` where a storage holds fewer than `count` floats.
 *
 * ```ts
 * const [x, y] = [gpu.upload(Float32Array.of(1, 2, 3)), gpu.upload(Float32Array.of(10, 20, 30))];
 * accumulate(gpu, { x, y }, 3);
 * await gpu.read(y); // → [11, 22, 33]
 * ```
 */
export function accumulate(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage },
  count: number,
): void {
  runMap(gpu, 'accumulate', kernels.accumulateKernel, storages, count, {});
}
