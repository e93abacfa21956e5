/** Arithmetic on two tensors of which one is repeated along some axes: a bias, a gate for each channel, a mask. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { mapGrid } from '../elementwise/map.wgsl.ts';
import { widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import { broadcastKernel, type Operator } from './broadcast.wgsl.ts';
import { runsOf, type Run } from './shape.ts';

export { operators, type Operator } from './broadcast.wgsl.ts';
export { broadcastShape, repeatedAxes } from './shape.ts';

/** The shapes of both operands and of the result. */
export interface BroadcastShapes {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly y: readonly number[];
}

/**
 * y = a ∘ b; each operand is repeated along the axes of y in which it is of length 1 (see `broadcastShape`). What is repeated must fit
 * one binding. Throws `RangeError` if a storage is too small.
 *
 * ```ts
 * const a = gpu.upload(Float32Array.of(1, 2, 3, 4, 5, 6)); // two rows
 * const b = gpu.upload(Float32Array.of(10, 20, 30)); // for each of them
 * const y = gpu.temporary(6 * 4);
 * broadcast(gpu, 'add', { a, b, y }, { a: [2, 3], b: [3], y: [2, 3] });
 * await gpu.read(y); // → [11, 22, 33, 14, 25, 36]
 * ```
 */
export function broadcast(
  gpu: Gpu,
  operator: Operator,
  { a, b, y }: { readonly a: Storage; readonly b: Storage; readonly y: Storage },
  shapes: BroadcastShapes,
): void {
  const runs = runsOf(shapes.y, shapes.a, shapes.b);
  const [countA, countB, count] = [lengthOf(runs, 'a'), lengthOf(runs, 'b'), lengthOf(runs)];
  checkSizes(operator, { count });
  checkStorages(operator, { a: [a, countA], b: [b, countB], y: [y, count] });
  const innermost = runs.at(-1)?.length ?? 1;
  const width = widthOf(innermost);
  const sides = runs.map(({ length }, i) => (i === runs.length - 1 ? length / width : length));
  const pattern = runs.map((run) => (run.a ? 'a' : '') + (run.b ? 'b' : '') || '-').join('.');
  const lengths = Object.fromEntries(sides.map((side, i) => [`n${i}`, side]));
  for (const chunk of bindingChunks(gpu, count, 4)) {
    const part = (storage: Storage, size: number) =>
      size === count ? storage.slice(chunk.first * 4, chunk.count * 4) : storage;
    const items = chunk.count / width;
    const walk = walkLength(gpu, items);
    gpu.run(
      broadcastKernel(operator, pattern, width),
      { a: part(a, countA), b: part(b, countB), y: part(y, count) },
      { ...lengths, first: chunk.first / width, count: items, walk },
      mapGrid(items, walk),
    );
  }
}

const lengthOf = (runs: readonly Run[], operand?: 'a' | 'b'): number =>
  runs.reduce((product, run) => (!operand || run[operand] ? product * run.length : product), 1);
