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
 * Splits `items` items into runs, such that for each of `bytesPerItem` (one number a tensor) a run fits one binding
 * and starts at a byte where a binding may start. Throws `GpuError` where no such run fits: where a single item is too
 * large, or where only every `step`-th item starts at such a byte and `step` of them are.
 */
export function bindingChunks(
  limits: Pick<Gpu, 'maxBindingBytes' | 'bindingAlignment'>,
  items: number,
  ...bytesPerItem: readonly number[]
): Chunk[] {
  const largest = Math.max(...bytesPerItem);
  if (items * largest <= limits.maxBindingBytes) return [{ first: 0, count: items }];
  const { bindingAlignment: alignment } = limits;
  const step = Math.max(...bytesPerItem.map((bytes) => alignment / greatestCommonDivisor(bytes, alignment)));
  const count = Math.floor(limits.maxBindingBytes / largest / step) * step;
  if (count === 0) {
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

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
