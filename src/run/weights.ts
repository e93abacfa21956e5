/** Weights files looked into and converted. */
import { count, printable } from '../format.ts';
import { table } from '../report/text/table.ts';
import { describeWeights, readWeights, writeSafetensors, type WeightsInfo } from '../weights/index.ts';
import type { FoundWeights } from './host.ts';

export interface WeightsSummary extends WeightsInfo {
  /** Numbers in all tensors. */
  readonly numbers: number;
  /** Names, dtypes and shapes as a table in characters. */
  readonly lines: readonly string[];
}

/** What is in a weights file. Throws `WeightsError` where it is none. */
export function summariseWeights({ bytes, source }: FoundWeights): WeightsSummary {
  const info = describeWeights(bytes, source);
  const sizes = info.tensors.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const rows = info.tensors.map(({ name, dtype, shape }) => [
    printable(name),
    dtype,
    `[${shape.map(String).join(', ')}]`,
  ]);
  return {
    ...info,
    numbers: sizes.reduce((sum, size) => sum + size, 0),
    lines: table([['name', 'dtype', 'shape'], ...rows]),
  };
}

/** The file as safetensors, its numbers stored as `dtype`. Throws `WeightsError` where it is none or they do not fit. */
export function convertWeights(
  { bytes, source }: FoundWeights,
  dtype: 'f32' | 'f16',
): { readonly bytes: Uint8Array; readonly summary: string } {
  const { tensors, metadata } = readWeights(bytes, source);
  const written = writeSafetensors(tensors, { dtype, source, metadata: { format: 'pt', ...metadata } });
  return {
    bytes: written,
    summary: `${count(tensors.size)} tensors, ${(written.length / 1e6).toFixed(1)} MB`,
  };
}
