// The output files that a user names: refused before the work begins if they could not be
// written, complete or untouched afterwards.
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkWritable, nodeFiles, writeAtomic } from '../platform/node/files.ts';
import { FileError } from './command.ts';
import { printable } from '../format.ts';

/** A ResNet-34 in 32 bits; if there is no room for a larger model, that is reported when it is written. */
const USUAL_MODEL = 88e6;

/**
 * Throws `FileError` now, not after an epoch, if a file of `bytes`, by default a model, could not be written to `path`,
 * or would replace `input`, a file that the command reads. `option` is the one that named it.
 */
export async function checkOutput(
  path: string,
  input?: string,
  { option = '--output', bytes = USUAL_MODEL } = {},
): Promise<void> {
  const kind = path === '' || path.endsWith('/') ? 'directory' : await nodeFiles.kind(path);
  if (kind === 'directory' || kind === 'other') {
    // The new file takes over the name, which as root would replace /dev/null.
    const what = kind === 'directory' ? 'a folder' : 'a device or a pipe';
    throw new FileError(`${option}: "${printable(path)}" is ${what}; give the name of a file.`);
  }
  if (input !== undefined && kind === 'file' && (await isSameFile(path, input)))
    throw new FileError(`${option}: "${printable(path)}" is the file that is read; give another name.`);
  await checkRoom(option, path, bytes);
}

/** Whether both are the same file, by whatever names: links of either kind included. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** Throws `FileError` if a file of `bytes` could not be written to `path`; `what` names it in the message. */
export async function checkRoom(what: string, path: string, bytes: number): Promise<void> {
  try {
    await checkWritable(path, bytes);
  } catch (error) {
    throw new FileError(
      `${what}: ${printable(dirname(path))} cannot be written to (${error instanceof Error ? error.message : String(error)}).`,
      'Make room there or choose another place.',
    );
  }
}

/** Writes a file that the user named; throws `FileError` if that fails, and the previous file is then still there. */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeAtomic(path, bytes);
  } catch (error) {
    throw new FileError(
      `${printable(path)} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'What was there before is untouched.',
    );
  }
}
