/** Dropout (Srivastava et al. 2014): some elements become 0, the others grow so that the expected sum stays. */
import type { Gpu, Storage } from '../../gpu/index.ts';
import { streamState } from '../../random.ts';
import { runMap } from '../elementwise/index.ts';
import { dropoutKernel } from './dropout.wgsl.ts';

/** How many elements are dropped, and which. */
export interface DropoutOptions {
  /** The share of elements that are dropped, 0 … 1. */
  readonly p: number;
  /** Whole numbers that decide which: the same key drops the same elements. */
  readonly key: readonly number[];
}

/**
 * y = x / (1 − p), or 0 for the elements that the key drops; with dy in place of x it is its own gradient. Throws `RangeError` for
 * options out of range and storages that are too small.
 *
 * ```ts
 * const x = gpu.upload(new Float32Array(1000).fill(1));
 * const y = gpu.temporary(1000 * 4);
 * dropout(gpu, { x, y }, 1000, { p: 0.5, key: [1, 2] });
 * [...new Set(await gpu.read(y))].sort(); // → [0, 2]
 * ```
 */
export function dropout(
  gpu: Gpu,
  { x, y }: { readonly x: Storage; readonly y: Storage },
  count: number,
  { p, key }: DropoutOptions,
): void {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`dropout: p = ${p} must be from 0 to 1.`);
  // Of 2³² draws, those below the threshold drop. All of them do at p = 1, which 32 bits cannot say: x · 0 says it.
  const threshold = Math.min(Math.round(p * 2 ** 32), 2 ** 32 - 1);
  const scale = p === 1 ? 0 : 1 / (1 - p);
  const params = { state: streamState(...key) >>> 0, threshold, scale };
  runMap(gpu, 'dropout', dropoutKernel, { x, y }, count, params);
}
