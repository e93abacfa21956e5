/** Products of elements. Apart from what else treats each on its own, so that a page that only predicts with a ResNet does without. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import * as kernels from './products.wgsl.ts';
import { runMap } from './run.ts';

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

/** y [rows, columns] = x · factors [rows], row by row. Throws `RangeError` where a storage is too small. */
export function scaleRows(
  gpu: Gpu,
  { factors, ...storages }: { readonly x: Storage; readonly factors: Storage; readonly y: Storage },
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void {
  checkSizes('scaleRows', { rows, columns });
  checkStorages('scaleRows', { factors: [factors, rows] });
  const make = kernels.scaleRowsKernel;
  runMap<'x' | 'y', 'columns' | 'first', 'factors'>(
    gpu,
    'scaleRows',
    make,
    storages,
    rows * columns,
    { columns },
    { factors },
  );
}
