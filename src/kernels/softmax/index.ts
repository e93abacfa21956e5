/** Softmax along an axis: numbers of any size become shares of one. */
import { type Gpu, type Kernel, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkAlike, checkSizes } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { type AxisShape, tileFor, TILES } from '../columns.ts';
import { softmaxBackwardKernel, softmaxKernel, type Variant } from './softmax.wgsl.ts';

/** Which of two results. */
export interface SoftmaxOptions {
  /** Gives the logarithms of the shares, which lose nothing where a share is too small for a float; false by default. */
  readonly isLog?: boolean;
}

/**
 * y [outer, length, inner] = softmax of x along `length`. Throws `RangeError` if a storage is too small.
 *
 * ```ts
 * const x = gpu.upload(Float32Array.of(0, Math.log(3)));
 * const y = gpu.temporary(2 * 4);
 * softmax(gpu, { x, y }, { outer: 1, length: 2, inner: 1 });
 * await gpu.read(y); // → [0.25, 0.75]
 * ```
 */
export function softmax(
  gpu: Gpu,
  storages: { readonly x: Storage; readonly y: Storage },
  shape: AxisShape,
  { isLog = false }: SoftmaxOptions = {},
): void {
  run(gpu, 'softmax', (variant) => softmaxKernel(variant, isLog), storages, shape);
}

/**
 * dx = y · (dy − Σ dy · y) from dy and the result y of `softmax`, or what follows for logarithms, with the same options. Throws
 * `RangeError` if a storage is too small.
 *
 * ```ts
 * const [dy, y] = [gpu.upload(Float32Array.of(4, 0)), gpu.upload(Float32Array.of(0.25, 0.75))];
 * const dx = gpu.temporary(2 * 4);
 * softmaxBackward(gpu, { dy, y, dx }, { outer: 1, length: 2, inner: 1 });
 * await gpu.read(dx); // → [0.75, -0.75]
 * ```
 */
export function softmaxBackward(
  gpu: Gpu,
  storages: { readonly dy: Storage; readonly y: Storage; readonly dx: Storage },
  shape: AxisShape,
  { isLog = false }: SoftmaxOptions = {},
): void {
  run(gpu, 'softmaxBackward', (variant) => softmaxBackwardKernel(variant, isLog), storages, shape);
}

function run(
  gpu: Gpu,
  op: string,
  kernelFor: (variant: Variant) => Kernel,
  storages: Readonly<Record<string, Storage>>,
  shape: AxisShape,
): void {
  const { outer, length, inner } = shape;
  checkSizes(op, { outer, length, inner });
  checkAlike(op, storages, outer * length * inner);
  const variant = tileFor(gpu, shape);
  const { tile, width, contiguous } = variant;
  const [along, across] = contiguous ? [length / width, 1] : [length, inner / width];
  const bytes = length * inner * 4;
  for (const { first, count } of bindingChunks(gpu, outer, bytes)) {
    const parts = Object.entries(storages).map(([name, storage]) => [
      name,
      storage.slice(first * bytes, count * bytes),
    ]);
    const columns = count * across;
    const [y, z = 1] = rowOfWorkgroups(Math.ceil(columns / TILES[tile].lanes));
    gpu.run(
      kernelFor(variant),
      Object.fromEntries(parts) as Record<string, Storage>,
      { columns, length: along, inner: across },
      [1, y, z],
    );
  }
}
