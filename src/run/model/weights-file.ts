/**
 * Weights from a file, with the file's name in every error about them. What reads PyTorch's files is loaded only for one: a page
 * mostly meets its own.
 */
import type { FileSystem } from '../../data/index.ts';
import { messageOf, printable } from '../../format.ts';
import { detectFormat } from '../../weights/format.ts';
import { readSafetensors, type SafetensorsFile } from '../../weights/safetensors.ts';
import { withoutWrappers } from '../../weights/wrappers.ts';
import { RunError } from '../errors.ts';
import type { FoundWeights } from '../host.ts';
import type { Preparation } from './preparation.ts';

/** Tensors and metadata, the file's name in messages, and how its network was shown photos, where that was looked for. */
export type NamedWeights = SafetensorsFile & {
  readonly source: string;
  readonly preparation?: Preparation;
  /** By what its logits are to be divided, where the run that it is the best model of found that out. */
  readonly temperature?: number | undefined;
};

/** Reads a .pth or safetensors file. Throws `RunError` if it cannot be read, `WeightsError` if it is not a weights file. */
export const readWeightsFile = async (files: FileSystem, path: string): Promise<NamedWeights> =>
  parseWeights(await readBytes(files, path));

/** The tensors in the bytes of a weights file, as `readWeights` gives them. Throws `WeightsError` if they are not a weights file. */
export async function parseWeights({ bytes, source }: FoundWeights): Promise<NamedWeights> {
  if (detectFormat(bytes, source) === 'pth') {
    const { readPthWithNotes } = await import('./pth-file.ts');
    return { ...readPthWithNotes(bytes, source), metadata: {}, source };
  }
  const { tensors, metadata } = readSafetensors(bytes, source);
  const { named, notes } = withoutWrappers(tensors);
  return { tensors: new Map(named), metadata, notes, source };
}

/** A weights file's bytes, and its name in messages. Throws `RunError` if it cannot be read. */
export async function readBytes(files: FileSystem, path: string): Promise<FoundWeights> {
  const source = printable(path);
  const fail = (message: string) => new RunError(message, { kind: 'no-file', path });
  const kind = await files.kind(path);
  if (kind === 'missing') throw fail(`There is no weights file ${source}.`);
  if (kind === 'directory') throw fail(`${source} is a folder, not a weights file.`);
  try {
    return { bytes: await files.read(path), source };
  } catch (error) {
    throw fail(`${source} cannot be read: ${messageOf(error)}`);
  }
}
