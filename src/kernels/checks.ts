/**
 * What host functions check before they record anything: a wrong size would not fail on the GPU but read or write
 * the wrong numbers in silence. They run for every kernel of every step, so they go through objects without copying them.
 */
import type { Storage } from '../gpu/index.ts';
import { bytesOf, type Dtype } from './dtype.ts';

/** Throws `RangeError` unless every size is a whole number of at least 1. */
export function checkSizes(op: string, sizes: Readonly<Record<string, number>>): void {
  for (const name in sizes) {
    const size = sizes[name] ?? NaN;
    if (!Number.isSafeInteger(size) || size < 1)
      throw new RangeError(`${op}: ${name} = ${size} must be a whole number of at least 1.`);
  }
}

/** Throws `RangeError` unless every storage given holds its number of elements, f32 where nothing else is said, or more. */
export function checkStorages(
  op: string,
  storages: Readonly<
    Record<string, readonly [storage: Storage | undefined, elements: number, dtype?: Dtype]>
  >,
): void {
  for (const name in storages) {
    const [storage, elements = 0, dtype] = storages[name] ?? [];
    checkStorage(op, name, storage, elements, dtype);
  }
}

/** Throws `RangeError` unless every storage given holds `elements` elements in f32, or more. */
export function checkAlike(
  op: string,
  storages: Readonly<Record<string, Storage | undefined>>,
  elements: number,
): void {
  for (const name in storages) checkStorage(op, name, storages[name], elements);
}

function checkStorage(
  op: string,
  name: string,
  storage: Storage | undefined,
  elements: number,
  dtype: Dtype = 'f32',
): void {
  const bytes = elements * bytesOf(dtype);
  if (storage && storage.bytes < bytes)
    throw new RangeError(
      `${op}: ${name} has ${storage.bytes} bytes, but ${elements} elements need ${bytes}.`,
    );
}
