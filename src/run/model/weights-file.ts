/**
 * Weights from a file, with the file's name in every error about them. What reads PyTorch's files is loaded only for one: a page
 * mostly meets its own.
 */
import type { FileSystem } from '../../data/index.ts';
import { messageOf, printable } from '../../format.ts';
import { detectFormat } from '../../weights/format.ts';
import { TRUNK } from '../../train/files/trunk.ts';
import { readSafetensors } from '../../weights/safetensors.ts';
import { withoutWrappers } from '../../weights/wrappers.ts';
import { RunError } from '../errors.ts';
import type { FoundWeights, RunHost } from '../host.ts';
import type { RunReader } from '../store/store.ts';
import type { Beside, NamedWeights } from './named-weights.ts';

export type { Beside, NamedWeights };

/** Reads a .pth or safetensors file. Throws `RunError` if it cannot be read, `WeightsError` if it is not a weights file. */
export const readWeightsFile = async (files: FileSystem, path: string): Promise<NamedWeights> =>
  parseWeights(await readBytes(files, path));

/**
 * The tensors in the bytes of a weights file, as `readWeights` gives them, made whole with the trunk that a file `beside` it has where it
 * is a checkpoint that leaves it out. Throws `WeightsError` if they are not a weights file, or the trunk is not to be had.
 */
export async function parseWeights({ bytes, source }: FoundWeights, beside?: Beside): Promise<NamedWeights> {
  if (detectFormat(bytes, source) === 'pth') {
    const { readPthWithNotes } = await import('./pth-file.ts');
    return { ...readPthWithNotes(bytes, source), metadata: {}, source };
  }
  const file = readSafetensors(bytes, source);
  if (TRUNK in file.metadata) return (await import('./whole-file.ts')).madeWhole({ ...file, source }, beside);
  const { named, notes } = withoutWrappers(file.tensors);
  return { tensors: new Map(named), metadata: file.metadata, notes, source };
}

/** What lies beside a weights file in its folder. */
export const besideFile = ({ files, sha256 }: Pick<RunHost, 'files' | 'sha256'>, path: string): Beside => ({
  async find(name) {
    const other = path.replace(/[^/\\]*$/, '') + name;
    return (await files.kind(other)) === 'file' ? readBytes(files, other) : undefined;
  },
  sha256,
});

/** What lies beside a run's file in the run. */
export const besideInRun = (reader: RunReader, sha256: RunHost['sha256']): Beside => ({
  async find(name) {
    if (typeof (await reader.size(name)) !== 'number') return undefined;
    return { bytes: await reader.read(name), source: printable(`${reader.run}/${name}`) };
  },
  sha256,
});

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
