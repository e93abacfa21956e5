// Where a run's folder goes: runs/NAME, by the name that the user gave or by what it is trained on.
import { basename, join } from 'node:path';
import { nodeFiles } from '../platform/files.ts';
import { FileError, UsageError } from './command.ts';
import { printable, shellWord } from './format.ts';
import { typed } from './invocation.ts';
import { checkRoom } from './output-file.ts';

const RUNS = 'runs';
/** A run's best and last model with the optimizer's moments, and its report; more for a larger network. */
const RUN_BYTES = 256e6;

/**
 * The folder of a new run on the photos in `data`, null for the drawings: runs/NAME, or runs/DATA, runs/DATA-2, … without a
 * name. Throws `UsageError` for a name that is a path, and `FileError` where a run has it or there is no room.
 */
export async function newRunPath(name: string | undefined, data: string | null): Promise<string> {
  if (name !== undefined && (!/^[^/\\\\\0]{1,200}$/.test(name) || /^\.\.?$/.test(name)))
    throw new UsageError(`--name is "${printable(name)}"; it must be a name without slashes.`);
  const path = name === undefined ? await freePath(slug(data)) : join(RUNS, name);
  if ((await nodeFiles.kind(path)) !== 'missing') {
    throw new FileError(
      `There is a run ${printable(path)} already.`,
      `${typed('train')} --resume ${printable(shellWord(path))} goes on with it; another --name starts a new one.`,
    );
  }
  await checkRoom(RUNS, join(RUNS, '.room'), RUN_BYTES);
  return path;
}

async function freePath(name: string): Promise<string> {
  for (let i = 1; ; i++) {
    const path = join(RUNS, i === 1 ? name : `${name}-${i}`);
    if ((await nodeFiles.kind(path)) === 'missing') return path;
  }
}

/** The name of the folder of photos, as people may type it. */
function slug(data: string | null): string {
  if (data === null) return 'animal-or-food';
  return (
    basename(data)
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+/, '') || 'run'
  );
}
