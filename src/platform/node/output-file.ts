// The files that a user names for what a program makes: refused before the work where they could not be written, whole or
// untouched after.
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, printable } from '../../format.ts';
import { RunError } from '../../run/errors.ts';
import { checkWritable, nodeFiles, writeAtomic } from './files.ts';

/** A ResNet-34 in 32 bits; where a larger model finds no room, that is told when it is written. */
const USUAL_MODEL = 88e6;

/**
 * Throws `RunError` now, not after an epoch, where a file of `bytes`, by default a model, could not be written to `path`,
 * or would take the place of `input`, a file that the program reads.
 */
export async function checkOutput(path: string, input?: string, bytes = USUAL_MODEL): Promise<void> {
  const kind = path === '' || path.endsWith('/') ? 'directory' : await nodeFiles.kind(path);
  // The new file takes over the name, which for root would put it in the place of /dev/null.
  if (kind === 'directory') throw badOutput(path, 'is a folder');
  if (kind === 'other') throw badOutput(path, 'is a device or a pipe');
  if (input !== undefined && kind === 'file' && (await isSameFile(path, input)))
    throw badOutput(path, 'is the file that is read');
  await checkRoom(path, bytes);
}

/** Throws `RunError` where a file of `bytes` could not be written to `path`. */
export async function checkRoom(path: string, bytes: number): Promise<void> {
  try {
    await checkWritable(path, bytes);
  } catch (error) {
    throw new RunError(`${printable(dirname(path))} cannot be written to (${messageOf(error)}).`, {
      kind: 'no-room',
      path,
    });
  }
}

/** Writes a file that the user named; throws `RunError` where that fails, and then what was there before still is. */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeAtomic(path, bytes);
  } catch (error) {
    throw new RunError(
      `${printable(path)} cannot be written: ${messageOf(error)}. What was there before is untouched.`,
      { kind: 'no-room', path },
    );
  }
}

const badOutput = (path: string, what: string): RunError =>
  new RunError(`The output "${printable(path)}" ${what}.`, { kind: 'bad-output', path });

/** Whether both are the same file, by whatever names: links of either kind included. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}
