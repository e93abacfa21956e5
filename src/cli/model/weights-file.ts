// Weights from disk, with the file's name in everything that can be wrong with them.
import { nodeFiles } from '../../platform/node/files.ts';
import { readWeights, type SafetensorsFile } from '../../weights/index.ts';
import { FileError } from '../command.ts';
import { printable } from '../../format.ts';

/** Reads a .pth or safetensors file. Throws `FileError` where it cannot be read, `WeightsError` where it is none. */
export async function readWeightsFile(path: string): Promise<SafetensorsFile & { readonly source: string }> {
  const { bytes, source } = await readBytes(path);
  return { ...readWeights(bytes, source), source };
}

/** A weights file's bytes, and its name in messages. Throws `FileError` where it cannot be read. */
export async function readBytes(
  path: string,
): Promise<{ readonly bytes: Uint8Array; readonly source: string }> {
  const source = printable(path);
  const kind = await nodeFiles.kind(path);
  if (kind === 'missing') throw new FileError(`There is no weights file ${source}.`);
  if (kind === 'directory') throw new FileError(`${source} is a folder, not a weights file.`);
  try {
    return { bytes: await nodeFiles.read(path), source };
  } catch (error) {
    throw new FileError(
      `${source} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
