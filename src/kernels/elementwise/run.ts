/** Runs a map kernel over tensors of equal size, in parts where they are larger than one binding. */
import type { Gpu, Kernel, Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { type Width, widthOf } from '../vectors.ts';
import { mapGrid } from './map.wgsl.ts';

/** Items a thread of a kernel that does little to each: index arithmetic then is done once for many. */
const MANY = 8;
/** Where there are fewer items than this, threads are what is wanting. */
const FEW = 2 ** 17;

/**
 * Runs the kernel that `make` gives for a vector width and a number of items a thread, over the first `count` floats
 * of all storages alike. `mostPerThread` is for kernels that do much to an item: software adapters take seconds to compile
 * long ones. Throws `RangeError` where a storage is smaller.
 */
export function runMap<B extends string, P extends string>(
  gpu: Gpu,
  op: string,
  make: (width: Width, itemsPerThread: number) => Kernel<B, P | 'count'>,
  storages: Readonly<Record<B, Storage>>,
  count: number,
  params: Readonly<Record<Exclude<P, 'count'>, number>>,
  mostPerThread = MANY,
): void {
  checkSizes(op, { count });
  const entries = Object.entries(storages) as [B, Storage][];
  checkStorages(op, Object.fromEntries(entries.map(([name, storage]) => [name, [storage, count]])));
  const width = widthOf(count);
  for (const chunk of bindingChunks(gpu, count, 4)) {
    const parts = entries.map(([name, storage]) => [name, storage.slice(chunk.first * 4, chunk.count * 4)]);
    const items = chunk.count / width;
    const perThread = itemsPerThread(items, mostPerThread);
    gpu.run(
      make(width, perThread),
      Object.fromEntries(parts) as Record<B, Storage>,
      { ...params, count: items } as Record<P | 'count', number>,
      mapGrid(items, perThread),
    );
  }
}

/** How many of `items` items a thread of a map should treat: `most`, or one where threads are what is wanting. */
export const itemsPerThread = (items: number, most: number): number => (items >= FEW ? most : 1);
