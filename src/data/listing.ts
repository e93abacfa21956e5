/** Folders read in an order that is the same on every machine: names are sorted by code point, as Python does. */
import { type DecoderName, isHidden, isPhotoName } from './decoders.ts';
import { DataError } from './errors.ts';
import type { Entry, FileSystem } from './files.ts';
import { countIgnored, ignoredFor, type IgnoredFiles } from './ignored.ts';

/** What lies in a folder itself, hidden entries apart. */
export interface Listing {
  readonly dir: string;
  /** Names of the folders in it. */
  readonly folders: readonly string[];
  /** Names of the photos in it. */
  readonly photos: readonly string[];
  /** What is no folder, for where these are the classes: the photos count as loose then. */
  readonly ignored: IgnoredFiles;
}

/** Lists a folder. Throws `DataError` where it cannot be read. */
export async function listFolder(files: FileSystem, dir: string, decoder: DecoderName): Promise<Listing> {
  const entries = (await listSorted(files, dir)).filter(({ name }) => !isHidden(name));
  const folders = entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  const photos = entries.filter(({ kind, name }) => kind === 'file' && isPhotoName(name, decoder));
  return {
    ...{ dir, folders, photos: photos.map(({ name }) => name) },
    ignored: countIgnored(
      entries.filter(({ kind }) => kind !== 'directory').map((entry) => ignoredFor(entry, decoder)),
    ),
  };
}

/**
 * All files under `dir` that `decoder` looks at, sorted within each folder, and the other files by number; each folder once even where
 * symbolic links lead in a circle. Throws `DataError` for a folder that cannot be read.
 */
export async function findImages(
  files: FileSystem,
  dir: string,
  decoder: DecoderName = 'graft',
): Promise<{ paths: string[]; ignored: IgnoredFiles }> {
  const paths: string[] = [];
  const ignored: string[] = [];
  const seen = new Set<string>();
  const pending = [dir];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const identity = await files.identity(folder);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const entries = await listSorted(files, folder);
    for (const entry of entries) {
      const { name, kind } = entry;
      if (kind === 'file' && isPhotoName(name, decoder)) paths.push(joinPath(folder, name));
      else if (kind !== 'directory') ignored.push(ignoredFor(entry, decoder));
    }
    const inner = entries.filter(({ name, kind }) => kind === 'directory' && !isHidden(name));
    // The stack gives back last what is pushed first.
    pending.push(...inner.map(({ name }) => joinPath(folder, name)).reverse());
  }
  return { paths, ignored: countIgnored(ignored) };
}

export const joinPath = (dir: string, name: string): string =>
  dir.endsWith('/') ? dir + name : `${dir}/${name}`;

async function listSorted(files: FileSystem, dir: string): Promise<Entry[]> {
  try {
    return [...(await files.list(dir))].sort((a, b) => compareCodePoints(a.name, b.name));
  } catch (error) {
    throw new DataError(`${dir} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Python's order of strings; JavaScript's own compares UTF-16 units, which puts emoji before some letters. */
export function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [i, character] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (character !== other) return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}
