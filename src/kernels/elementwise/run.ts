/** Runs a map kernel over tensors of equal size, in parts where they are larger than one binding. */
import type { Gpu, Kernel, Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { checkAlike, checkSizes } from '../checks.ts';
import { type Width, widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import { mapGrid } from './map.wgsl.ts';

/**
 * Runs the kernel that `make` gives for a vector width, over the first `count` floats of all storages alike; `scalars` are
 * single floats that every item sees. A kernel that asks for the parameter `first` is told how many
 * items lie before its own. Throws `RangeError` if a storage is smaller.
 *
 * ```ts
 * const square = (width: 1 | 4) =>
 *   defineMap({
 *     name: `square of ${width}`,
 *     bindings: { x: read(floats(width)), y: write(floats(width)) },
 *     item: 'y[i] = x[i] * x[i];',
 *   });
 * const [x, y] = [gpu.upload(Float32Array.of(1, 2, 3)), gpu.temporary(3 * 4)];
 * runMap(gpu, 'square', square, { x, y }, 3, {});
 * await gpu.read(y); // → [1, 4, 9]
 * ```
 */
export function runMap<B extends string, P extends string, S extends string = never>(
  gpu: Gpu,
  op: string,
  make: (width: Width) => Kernel<B | S, P | 'count' | 'walk'>,
  storages: Readonly<Record<B, Storage>>,
  count: number,
  params: Readonly<Record<Exclude<P, 'count' | 'walk' | 'first'>, number>>,
  scalars?: Readonly<Record<S, Storage>>,
): void {
  checkSizes(op, { count });
  const entries = Object.entries(storages) as [B, Storage][];
  checkAlike(op, storages, count);
  if (scalars) checkAlike(op, scalars, 1);
  const width = widthOf(count);
  for (const chunk of bindingChunks(gpu, count, 4)) {
    const parts = entries.map(([name, storage]) => [name, storage.slice(chunk.first * 4, chunk.count * 4)]);
    const items = chunk.count / width;
    const walk = walkLength(gpu, items);
    gpu.run(
      make(width),
      { ...Object.fromEntries(parts), ...scalars } as Record<B | S, Storage>,
      { ...params, count: items, walk, first: chunk.first / width } as Record<P | 'count' | 'walk', number>,
      mapGrid(items, walk),
    );
  }
}
