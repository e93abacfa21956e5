/**
 * Named files in the browser's Origin Private File System, for a dedicated worker: sync access handles, which only workers have, are
 * the one way of writing that all browsers know (Safari's createWritable is of version 26). A file is put in place completely or not
 * at all, whatever ends the worker: a closed tab, a crash, a full disk.
 */

import { segmentsOf, type Folder, type FolderStorage } from './folder.ts';
import { current, extend, listFiles, nameOf, removeFile, replace, tidy, unlessMissing } from './opfs-file.ts';

/** What is wrong with the storage. */
export type OpfsProblem =
  /** The origin may store no more: the disk is full, the quota is used up, or this is a private window. */
  | 'full'
  /** The browser has no such storage here: an insecure page, a private window, site data blocked, no worker. */
  | 'unavailable'
  /** The folder was removed since it was opened: by another tab, or with all of the site's data. */
  | 'gone'
  /** Anything else, including a file that another tab is writing. */
  | 'failed';

export class OpfsError extends Error {
  override readonly name = 'OpfsError';

  constructor(
    readonly problem: OpfsProblem,
    what: string,
    cause: unknown,
  ) {
    super(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A folder of the browser's storage. */
export class OpfsFolder implements Folder {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly path: string,
    private readonly handle: FileSystemDirectoryHandle,
  ) {}

  /** The folder at `path`, made where it is not there. */
  static async make(path: string): Promise<OpfsFolder> {
    const folder = await guarded(path, async () => walk(await rootFolder(), segmentsOf(path), true));
    return new OpfsFolder(path, folder);
  }

  /** The folder at `path`; undefined if there is none. */
  static async find(path: string): Promise<OpfsFolder | undefined> {
    const root = await rootFolder();
    const folder = await guarded(path, () => unlessMissing(walk(root, segmentsOf(path), false)));
    return folder && new OpfsFolder(path, folder);
  }

  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.inTurn(name, async () => {
      for (let attempt = 1; ; attempt++) {
        const file = await this.file(name);
        try {
          return file && new Uint8Array(await file.arrayBuffer());
        } catch (error) {
          // Another tab put a new file in its place since it was opened.
          if (nameOf(error) !== 'NotReadableError' || attempt === MOST_ATTEMPTS) throw error;
        }
      }
    });
  }

  file(name: string): Promise<File | undefined> {
    return this.guarded(name, async () => {
      const found = await unlessMissing(this.locate(name, false));
      return found && current(found.folder, found.file);
    });
  }

  async size(name: string): Promise<number | undefined | 'no file'> {
    try {
      return (await this.file(name))?.size;
    } catch (error) {
      if (error instanceof OpfsError && nameOf(error.cause) === 'TypeMismatchError') return 'no file';
      throw error;
    }
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return this.inTurn(name, async () => {
      const { folder, file } = await this.locate(name, true);
      await replace(folder, file, bytes);
    });
  }

  append(name: string, bytes: Uint8Array): Promise<void> {
    return this.inTurn(name, async () => {
      const { folder, file } = await this.locate(name, true);
      await extend(folder, file, bytes);
    });
  }

  list(): Promise<readonly string[]> {
    return this.guarded('', () => listFiles(this.handle));
  }

  remove(name: string): Promise<void> {
    return this.inTurn(name, async () => {
      const found = await unlessMissing(this.locate(name, false));
      if (found) await removeFile(found.folder, found.file);
    });
  }

  tidy(): Promise<void> {
    return this.inTurn('', () => tidy(this.handle));
  }

  private async locate(name: string, create: boolean) {
    const segments = segmentsOf(name);
    const file = segments.pop() ?? '';
    return { folder: await walk(this.handle, segments, create), file };
  }

  private inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(() => this.guarded(name, work));
    this.turn = result.catch(() => undefined);
    return result;
  }

  private guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
    return guarded(name === '' ? this.path : `${this.path}/${name}`, work);
  }
}

/** The browser's storage of this origin. */
export const opfsStorage: FolderStorage = {
  isKept: true,
  make: (path) => OpfsFolder.make(path),
  find: (path) => OpfsFolder.find(path),
  async remove(path) {
    const segments = segmentsOf(path);
    const name = segments.pop() ?? '';
    const root = await rootFolder();
    await guarded(path, async () => {
      const above = await unlessMissing(walk(root, segments, false));
      if (above) await removeFile(above, name);
    });
  },
};

async function rootFolder(): Promise<FileSystemDirectoryHandle> {
  try {
    return await navigator.storage.getDirectory();
  } catch (error) {
    throw new OpfsError('unavailable', 'This browser keeps no files for this site', error);
  }
}

async function walk(
  from: FileSystemDirectoryHandle,
  segments: readonly string[],
  create: boolean,
): Promise<FileSystemDirectoryHandle> {
  let folder = from;
  for (const segment of segments) folder = await folder.getDirectoryHandle(segment, { create });
  return folder;
}

/** How often a file may change while it is read. */
const MOST_ATTEMPTS = 5;

const PROBLEMS: Readonly<Record<string, OpfsProblem>> = {
  QuotaExceededError: 'full',
  NotFoundError: 'gone',
  SecurityError: 'unavailable',
};

async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OpfsError || error instanceof RangeError) throw error;
    throw new OpfsError(PROBLEMS[nameOf(error)] ?? 'failed', what, error);
  }
}
