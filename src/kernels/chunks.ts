/**
 * Tensors may be larger than what an adapter lets a kernel bind (128 MiB on some): work on them goes part by part.
 * An item is whatever a kernel can treat on its own, usually an image.
 */
import { GpuError, type Gpu } from '../gpu/index.ts';

export interface Chunk {
  readonly first: number;
  readonly count: number;
}

/**
 * Splits `items` items into runs, such that for each of `bytesPerItem` (one number per tensor) a run fits one binding
 * and starts at a byte where a binding may start. Throws `GpuError` if no such run fits: where a single item is too
 * large, or where only every `step`-th item starts at such a byte and `step` of them are.
 */
export function bindingChunks(
  limits: Pick<Gpu, 'maxBindingBytes' | 'bindingAlignment'>,
  items: number,
  ...bytesPerItem: readonly number[]
): Chunk[] {
  const count = itemsPerBinding(limits, items, ...bytesPerItem);
  if (count === 0) {
    const largest = Math.max(...bytesPerItem);
    const most = Math.floor(limits.maxBindingBytes / largest);
    const remedy =
      most === 0
        ? 'use smaller images'
        : `use a batch of at most ${most}, or an image size that is a multiple of 8`;
    throw new GpuError(
      `A batch of ${items} × ${largest} bytes exceeds what this adapter binds at once (${limits.maxBindingBytes} bytes) and cannot be cut: ${remedy}.`,
    );
  }
  const chunks: Chunk[] = [];
  for (let first = 0; first < items; first += count)
    chunks.push({ first, count: Math.min(count, items - first) });
  return chunks;
}

/** How many of `items` a run takes that starts and ends where bindings may; 0 where `bindingChunks` throws. */
export function itemsPerBinding(
  { maxBindingBytes, bindingAlignment: alignment }: Pick<Gpu, 'maxBindingBytes' | 'bindingAlignment'>,
  items: number,
  ...bytesPerItem: readonly number[]
): number {
  const largest = Math.max(...bytesPerItem);
  if (items * largest <= maxBindingBytes) return items;
  const step = Math.max(...bytesPerItem.map((bytes) => alignment / greatestCommonDivisor(bytes, alignment)));
  return Math.floor(maxBindingBytes / largest / step) * step;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
