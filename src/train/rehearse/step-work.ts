/**
 * What an operation must do whatever its kernels: so many floating-point operations, so many bytes. Whoever knows what the adapter can do
 * of both in a second knows how fast it can be at best (Williams, Waterman and Patterson 2009: the roofline).
 */
import { sizeOf } from '../../autograd/index.ts';
import type { Allocation, Command, Part, Storage } from '../../gpu/index.ts';

export interface StepWork {
  /** Two for each multiply-add of a convolution or a matrix product by the plain formula; 0 for what only moves numbers. */
  readonly flops: number;
  /** What it reads and writes, each number once; what lives within the operation only is not among them. */
  readonly bytes: number;
}

/** Operations that are sums of products of their first input with their second, a matrix or a filter. */
const PRODUCTS = new Set(['conv2d', 'conv2dBatchNorm', 'groupedConv2d', 'linear']);

/** Forwards a sum for each number of the result; backwards as much again for each of the two gradients that is asked for. */
export function flopsOf({ pass, application, output }: Part): number {
  const [x, weight] = application.inputs;
  if (!PRODUCTS.has(application.op) || !x || !weight) return 0;
  // A filter [R, S, C, K] has R·S·C terms for each of its K channels, where C are those of a group; a matrix [K, C] has C for each of K outputs.
  const channels = output.shape.at(-1) ?? 1;
  const forward = 2 * sizeOf(output.shape) * (sizeOf(weight.shape) / channels);
  if (pass === 'forward') return forward;
  return forward * [x, weight].filter(({ requiresGrad }) => requiresGrad).length;
}

/** Bytes by the number of an operation. `users`: for each temporary the operations that use it. */
export function bytesByOperation(
  commands: readonly Command[],
  operationAt: ArrayLike<number>,
  users: ReadonlyMap<Allocation, ReadonlySet<number>>,
): ReadonlyMap<number, number> {
  const moved = new Map<number, Map<string, number>>();
  commands.forEach((command, i) => {
    const operation = operationAt[i] ?? -1;
    const own = moved.get(operation) ?? new Map<string, number>();
    moved.set(operation, own);
    for (const storage of command.storages) {
      if (users.get(storage.allocation)?.size === 1) continue;
      const key = placeOf(storage);
      own.set(key, Math.max(own.get(key) ?? 0, storage.bytes));
    }
  });
  return new Map(
    Array.from(moved, ([operation, own]) => [operation, [...own.values()].reduce((sum, n) => sum + n, 0)]),
  );
}

const placeOf = ({ allocation, offset }: Storage): string => `${allocation.id}+${offset}`;
