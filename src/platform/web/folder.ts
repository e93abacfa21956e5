/**
 * Folders of named files as the pages' storage: the browser's own, which outlives the tab, or plain memory where a browser gives none.
 * Whoever keeps photos and runs in them need not know which.
 */

/**
 * A folder and what is in it. A name is that of a file, or FOLDER/NAME for one in a folder below; names that begin with a dot are
 * taken for half-written files. All methods throw `OpfsError`. Writing takes turns; a writer should hold the folder's lock.
 */
export interface Folder {
  readonly path: string;
  /** The bytes of a file; undefined if there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** A file as it is now, by reference: nothing is read before it is needed. Undefined if there is none. */
  file(name: string): Promise<Blob | undefined>;
  /** The size of a file in bytes; undefined if there is none, `no file` for a folder. */
  size(name: string): Promise<number | undefined | 'no file'>;
  /** Replaces the file of that name; if that fails, the previous file is still there. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a file, which is made if it is missing: all of `bytes` or, if that fails, nothing. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** The names of files and folders, in order, without half-written files. */
  list(): Promise<readonly string[]>;
  /** Removes a file, or a folder with everything in it; does nothing if there is none. */
  remove(name: string): Promise<void>;
  /** Finishes what a writer that was killed had completed, and removes what it had not. For the holder of the folder's lock. */
  tidy(): Promise<void>;
}

/** Where folders are. */
export interface FolderStorage {
  /** Whether what is stored outlives the tab. */
  readonly isKept: boolean;
  /** The folder at `path`, made where it is not there. */
  make(path: string): Promise<Folder>;
  /** The folder at `path`; undefined if there is none. */
  find(path: string): Promise<Folder | undefined>;
  /** Removes a folder with everything in it; does nothing if there is none. */
  remove(path: string): Promise<void>;
}

/** The parts of a path or name. Throws `RangeError` for one that is none. */
export function segmentsOf(path: string): string[] {
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment.startsWith('.')))
    throw new RangeError(
      `"${path}" is not a valid path: each of its parts must be a name that does not begin with a dot.`,
    );
  return segments;
}

/** The sum of the sizes of all files in a folder and below, in bytes. */
export async function sizeBelow(storage: FolderStorage, path: string): Promise<number> {
  const folder = await storage.find(path);
  let sum = 0;
  for (const name of (await folder?.list()) ?? []) {
    const size = await folder?.size(name);
    sum += size === 'no file' ? await sizeBelow(storage, `${path}/${name}`) : (size ?? 0);
  }
  return sum;
}
