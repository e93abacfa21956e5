/** Storing a tensor in another type: how weights and images become f16, and how f16 comes back to the host. */
import { type Gpu, rowOfWorkgroups, type Storage } from '../../gpu/index.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { bindingChunks } from '../chunks.ts';
import { bytesOf, requireHalf, type Dtype } from '../dtype.ts';
import { widthOf } from '../vectors.ts';
import { castKernel, WORKGROUP } from './cast.wgsl.ts';

/** The type of x and the type of y. */
export interface CastTypes {
  readonly from: Dtype;
  readonly to: Dtype;
}

/**
 * y = x, `count` elements of any shape. To f16 each is rounded to one of its two neighbours, mostly the nearest (WGSL leaves
 * that to the adapter), and beyond 65,504 becomes infinite. Throws `RangeError` if a storage is too small, `GpuError`
 * where the adapter has no f16.
 *
 * ```ts
 * if (gpu.device.features.has('shader-f16')) {
 *   const x = gpu.upload(Float32Array.of(0.5, -2, 1, 2 ** -10));
 *   const y = gpu.temporary(4 * 2);
 *   cast(gpu, { x, y }, 4, { from: 'f32', to: 'f16' });
 *   [...new Uint16Array((await gpu.read(y)).buffer)]; // → [0x3800, 0xc000, 0x3c00, 0x1400]
 * }
 * ```
 */
export function cast(
  gpu: Gpu,
  { x, y }: { readonly x: Storage; readonly y: Storage },
  count: number,
  { from, to }: CastTypes,
): void {
  checkSizes('cast', { count });
  checkStorages('cast', { x: [x, count, from], y: [y, count, to] });
  requireHalf(gpu, 'cast');
  const width = widthOf(count);
  const kernel = castKernel(width, from, to);
  for (const chunk of bindingChunks(gpu, count, bytesOf(from), bytesOf(to))) {
    const items = chunk.count / width;
    const storages = { x: elements(x, chunk, from), y: elements(y, chunk, to) };
    gpu.run(kernel, storages, { items }, rowOfWorkgroups(Math.ceil(items / WORKGROUP)));
  }
}

/** A run of elements; bindings are whole words, and so are allocations. */
function elements(
  storage: Storage,
  { first, count }: { readonly first: number; readonly count: number },
  dtype: Dtype,
): Storage {
  const bytes = bytesOf(dtype);
  return storage.slice(first * bytes, Math.ceil((count * bytes) / 4) * 4);
}
