/**
 * Operations that treat each element on its own. Tensors may have any shape: `count` is their number of floats, and
 * all functions throw `RangeError` where a storage holds fewer.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import type { Width } from '../vectors.ts';
import {
  activationBackwardKernel,
  activationKernel,
  type ActivationName,
  activationOf,
} from './activations.wgsl.ts';
import * as kernels from './maps.wgsl.ts';
import { runMap } from './run.ts';

/** Numbers of an activation's formula by their names in the table. */
export type ActivationParams = Readonly<Record<string, number>>;
export { activationNames, activationOf, type ActivationName } from './activations.wgsl.ts';

export { defineMap, mapGrid, type MapSpec } from './map.wgsl.ts';
export { runMap } from './run.ts';
export { floats, type Width } from '../vectors.ts';

/**
 * y = f(x) of an activation by its name (activations.wgsl.ts); `params` are numbers of its formula other than the usual ones.
 *
 * ```ts
 * const [x, y] = [gpu.upload(Float32Array.of(-1, 0, 7)), gpu.temporary(12)];
 * activate(gpu, 'relu6', { x, y }, 3);
 * await gpu.read(y); // → [0, 0, 6]
 * ```
 */
export function activate(
  gpu: Gpu,
  name: ActivationName,
  { x, y }: { readonly x: Storage; readonly y: Storage },
  count: number,
  params: ActivationParams = {},
): void {
  const all = { ...activationOf(name).params, ...params };
  runMap(gpu, name, (width) => activationKernel(name, width), { x, y }, count, all);
}

/**
 * dx = dy · f'(x) of an activation, from its input x or its result y, whichever `activations` says.
 *
 * ```ts
 * const [dy, y] = [gpu.upload(Float32Array.of(10, 20, 30)), gpu.upload(Float32Array.of(0, 2, 6))];
 * const dx = gpu.temporary(12);
 * activateBackward(gpu, 'relu6', { dy, y, dx }, 3);
 * await gpu.read(dx); // → [0, 20, 0]
 * ```
 */
export function activateBackward(
  gpu: Gpu,
  name: ActivationName,
  storages: {
    readonly dy: Storage;
    readonly x?: Storage | undefined;
    readonly y?: Storage | undefined;
    readonly dx: Storage;
  },
  count: number,
  params: ActivationParams = {},
): void {
  const { by, params: usual } = activationOf(name);
  const { dy, dx, [by]: known } = storages;
  const op = `${name}.backward`;
  if (!known) throw new TypeError(`${op}: its derivative is told from ${by}, which is missing.`);
  const make = (width: Width) => activationBackwardKernel(name, width);
  runMap(gpu, op, make, { dy, known, dx }, count, { ...usual, ...params });
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
