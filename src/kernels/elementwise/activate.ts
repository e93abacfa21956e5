/**
 * The activations of networks. Apart from what ResNets are made of, where ReLU is a part of batch norm, so that a page with one does
 * without the table of formulas.
 */
import type { Gpu, Storage } from '../../gpu/index.ts';
import type { Width } from '../vectors.ts';
import {
  activationBackwardKernel,
  activationKernel,
  type ActivationName,
  activationOf,
} from './activations.wgsl.ts';
import { runMap } from './run.ts';

export { activationNames, activationOf, type ActivationName } from './activations.wgsl.ts';

/** Numbers of an activation's formula by their names in the table. */
export type ActivationParams = Readonly<Record<string, number>>;

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
