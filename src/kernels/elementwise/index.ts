/**
 * Operations that treat each element on its own. Tensors may have any shape: `count` is their number of floats, and
 * all functions throw `RangeError` where a storage holds fewer.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import * as kernels from './maps.wgsl.ts';
import { runMap } from './run.ts';

export { defineMap, mapGrid, type MapSpec } from './map.wgsl.ts';
export { runMap } from './run.ts';
export { floats, type Width } from '../vectors.ts';

/** y = max(x, 0); NaN stays NaN, as in PyTorch. */
export function relu(gpu: Gpu, storages: { readonly x: Storage; readonly y: Storage }, count: number): void {
  runMap(gpu, 'relu', kernels.reluKernel, storages, count, {});
}

/** dx = dy where the forward result y is positive, else 0. */
export function reluBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly y: Storage; readonly dx: Storage },
  count: number,
): void {
  runMap(gpu, 'reluBackward', kernels.reluBackwardKernel, storages, count, {});
}

/** y = 1 / (1 + exp(−x)). */
export function sigmoid(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage },
  count: number,
): void {
  runMap(gpu, 'sigmoid', kernels.sigmoidKernel, storages, count, {});
}

/** dx = dy · y · (1 − y), from the forward result y. */
export function sigmoidBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly y: Storage; readonly dx: Storage },
  count: number,
): void {
  runMap(gpu, 'sigmoidBackward', kernels.sigmoidBackwardKernel, storages, count, {});
}

/** y = x · Φ(x) with the normal distribution Φ itself, PyTorch's default, and not its approximation by tanh. */
export function gelu(gpu: Gpu, storages: { readonly x: Storage; readonly y: Storage }, count: number): void {
  runMap(gpu, 'gelu', kernels.geluKernel, storages, count, {});
}

/** dx = dy · (Φ(x) + x · φ(x)), from the forward input x. */
export function geluBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly x: Storage; readonly dx: Storage },
  count: number,
): void {
  runMap(gpu, 'geluBackward', kernels.geluBackwardKernel, storages, count, {});
}

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

/**
 * y = a · b; a and b may be one storage, y is neither of them. Throws `RangeError` where one holds fewer than `count` floats.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(1, 2, 3));
 * const y = gpu.temporary(3 * 4);
 * mul(gpu, { a: x, b: x, y }, 3);
 * await gpu.read(y); // → [1, 4, 9]
 * ```
 */
export function mul(
  gpu: Gpu,
  storages: { readonly a: Storage; readonly b: Storage; readonly y: Storage },
  count: number,
): void {
  runMap(gpu, 'mul', kernels.mulKernel, storages, count, {});
}

/**
 * y = x · factor; factor is one float, on the GPU too. Throws `RangeError` where x or y holds fewer than `count` floats.
 *
 * ```ts
 * const [x, factor] = [gpu.upload(Float32Array.of(1, 2, 3)), gpu.upload(Float32Array.of(0.5))];
 * const y = gpu.temporary(3 * 4);
 * scale(gpu, { x, factor, y }, 3);
 * await gpu.read(y); // → [0.5, 1, 1.5]
 * ```
 */
export function scale(
  gpu: Gpu,
  { factor, ...storages }: { readonly x: Storage; readonly factor: Storage; readonly y: Storage },
  count: number,
): void {
  runMap<'x' | 'y', never, 'factor'>(gpu, 'scale', kernels.scaleKernel, storages, count, {}, { factor });
}
