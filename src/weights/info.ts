/** What is in a weights file, as the file has it: for people who want to know before they use it. */
import type { DType } from './dtypes.ts';
import { detectFormat } from './format.ts';
import { openPth } from './pth.ts';
import { listSafetensors } from './safetensors.ts';
import { withoutWrappers } from './wrappers.ts';

/** What is in a weights file. */
export interface WeightsInfo {
  readonly format: 'safetensors' | 'pth';
  /** In the file's order, with the dtype that the file stores. */
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
  }[];
  readonly metadata: Readonly<Record<string, string>>;
  /** What of a PyTorch file was taken and what left out, in clauses for people. */
  readonly notes: readonly string[];
}

/**
 * Describes a weights file without converting a number. Throws WeightsError where
 * `readWeights` would for its structure.
 *
 * ```ts
 * const file = writeSafetensors(new Map([['scale', { shape: [2], data: Float32Array.of(1, 2) }]]), { dtype: 'f32' });
 * describeWeights(file, 'scale.safetensors').tensors; // → [{ name: 'scale', dtype: 'F32', shape: [2] }]
 * ```
 */
export function describeWeights(bytes: Uint8Array, source: string): WeightsInfo {
  const format = detectFormat(bytes, source);
  if (format === 'safetensors') {
    const { entries, metadata } = listSafetensors(bytes, source);
    const { named, notes } = withoutWrappers(new Map(entries.map((entry) => [entry.name, entry])));
    const tensors = Array.from(named, ([name, { dtype, shape }]) => ({ name, dtype, shape }));
    return { format, tensors, metadata, notes };
  }
  const { described, notes } = openPth(bytes, source);
  const tensors = Array.from(described, ([name, { shape, storage }]) => ({
    name,
    shape,
    dtype: storage.dtype,
  }));
  return { format, tensors, metadata: {}, notes };
}
