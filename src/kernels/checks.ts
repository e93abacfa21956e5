/**
 * What host functions check before they record anything: a wrong size would not fail on the GPU but read or write
 * the wrong numbers in silence. They run for every kernel of every step, so they go through objects without copying them.
 */
import type { Storage } from '../gpu/index.ts';

/** Throws `RangeError` unless every size is a whole number of at least 1. */
export function checkSizes(op: string, sizes: Readonly<Record<string, number>>): void {
  for (const name in sizes) {
    const size = sizes[name] ?? NaN;
    if (!Number.isSafeInteger(size) || size < 1)
      throw new RangeError(`${op}: ${name} = ${size} must be a whole number of at least 1.`);
  }
}

/** Throws `RangeError` unless every storage given holds its number of 4-byte elements, or more. */
export function checkStorages(
  op: string,
  storages: Readonly<Record<string, readonly [storage: Storage | undefined, elements: number]>>,
): void {
  for (const name in storages) {
    const [storage, elements = 0] = storages[name] ?? [];
    if (storage && storage.bytes < elements * 4) {
      throw new RangeError(
        `${op}: ${name} has ${storage.bytes} bytes, but ${elements} elements need ${elements * 4}.`,
      );
    }
  }
}
