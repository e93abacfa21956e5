// The file that a model is written to: refused before training where it could not be written, whole or untouched after.
import { dirname } from 'node:path';
import { checkWritable, nodeFiles, writeAtomic } from '../platform/files.ts';
import type { StateDict } from '../weights/index.ts';
import { FileError } from './command.ts';
import { printable } from './format.ts';

/** Throws `FileError` now, not after an epoch, where a model as large as `weights` could not be written to `path`. */
export async function checkOutput(path: string, weights: StateDict): Promise<void> {
  const kind = path === '' || path.endsWith('/') ? 'directory' : await nodeFiles.kind(path);
  if (kind === 'directory' || kind === 'other') {
    // The new file takes over the name, which for root would put it in the place of /dev/null.
    const what = kind === 'directory' ? 'a folder' : 'a device or a pipe';
    throw new FileError(`--output: "${printable(path)}" is ${what}; give the name of a file.`);
  }
  const elements = Array.from(weights.values()).reduce((sum, { data }) => sum + data.length, 0);
  try {
    await checkWritable(path, elements * Float32Array.BYTES_PER_ELEMENT);
  } catch (error) {
    throw new FileError(
      `--output: ${printable(dirname(path))} cannot be written to (${error instanceof Error ? error.message : String(error)}).`,
      'Make room there or give another place, such as --output ~/model.safetensors.',
    );
  }
}

/** Writes a model's file; throws `FileError` where that fails, and then what was there before still is. */
export async function writeModel(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeAtomic(path, bytes);
  } catch (error) {
    throw new FileError(
      `${printable(path)} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'What was there before is untouched.',
    );
  }
}
