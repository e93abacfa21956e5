/** Weights files looked into and converted. */
import { count, printable } from '../format.ts';
import { table } from '../report/text/table.ts';
import { decodeTrunk, withoutItsTrunk } from '../train/files/join-trunk.ts';
import { detectNetwork, networks, type DetectedNetwork } from '../networks/index.ts';
import {
  describeWeights,
  readWeights,
  WeightsError,
  writeSafetensors,
  type WeightsInfo,
} from '../weights/index.ts';
import type { FoundWeights } from './host.ts';

export interface WeightsSummary extends WeightsInfo {
  /** Numbers in all tensors. */
  readonly numbers: number;
  /** Names, dtypes and shapes as a table in characters. */
  readonly lines: readonly string[];
  /** What people call the network that it is, as far as graft knows it. */
  readonly network: string | undefined;
}

/** What is in a weights file. Throws `WeightsError` where it is none. */
export async function summariseWeights({ bytes, source }: FoundWeights): Promise<WeightsSummary> {
  const info = describeWeights(bytes, source);
  const found = await detected(new Map(info.tensors.map((tensor) => [tensor.name, tensor])), source);
  const sizes = info.tensors.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const rows = info.tensors.map(({ name, dtype, shape }) => [
    printable(name),
    dtype,
    `[${shape.map(String).join(', ')}]`,
  ]);
  return {
    ...info,
    notes: [...info.notes, ...(found?.notes ?? [])],
    network: found && networks[found.name].title,
    numbers: sizes.reduce((sum, size) => sum + size, 0),
    lines: table([['name', 'dtype', 'shape'], ...rows]),
  };
}

/** The network that the tensors are; undefined if graft does not have it, and then their names mean nothing here. */
async function detected<T extends { readonly shape: readonly number[] }>(
  tensors: ReadonlyMap<string, T>,
  source: string,
): Promise<DetectedNetwork<T> | undefined> {
  try {
    return await detectNetwork(tensors, source);
  } catch (error) {
    if (error instanceof WeightsError) return undefined;
    throw error;
  }
}

/** The file as safetensors with the names that its network has here, its numbers stored as `dtype`. Throws `WeightsError` where it is none or they do not fit. */
export async function convertWeights(
  { bytes, source }: FoundWeights,
  dtype: 'f32' | 'f16',
): Promise<{ readonly bytes: Uint8Array; readonly summary: string; readonly notes: readonly string[] }> {
  const { metadata, notes = [], ...file } = readWeights(bytes, source);
  const trunk = decodeTrunk(metadata, source);
  if (trunk) throw withoutItsTrunk(source, trunk);
  const found = await detected(file.tensors, source);
  const tensors = found?.tensors ?? file.tensors;
  const written = writeSafetensors(tensors, { dtype, source, metadata: { format: 'pt', ...metadata } });
  return {
    bytes: written,
    summary: `${count(tensors.size)} tensors, ${(written.length / 1e6).toFixed(1)} MB`,
    notes: [...notes, ...(found?.notes ?? [])],
  };
}
