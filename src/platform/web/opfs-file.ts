/**
 * How a file of the Origin Private File System is put in place completely or not at all, whatever ends the worker: it is written beside
 * the one of that name and renamed. If renaming is not available, an empty third file says that the second one is complete and
 * counts, until it has been copied over the first. Handles of files are those of one folder, which one writer has at a time.
 */

/** A file that is open for this worker alone. The DOM's types leave out what only workers have. */
interface SyncAccessHandle {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

type WorkerFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
  /** Renames a file over another. Not a standard yet, though current browsers have it. */
  move?(name: string): Promise<void>;
};
type WorkerFolderHandle = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };

/** The next content of a file, until it is in place; and the empty file which says that it is complete. */
const nextOf = (name: string) => `.${name}.next`;
const commitOf = (name: string) => `.${name}.commit`;

/** Replaces the file of that name by one with this content. If that fails, the previous content still counts. */
export async function replace(
  folder: FileSystemDirectoryHandle,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  await finish(folder, file);
  try {
    const next = (await folder.getFileHandle(nextOf(file), { create: true })) as WorkerFileHandle;
    await withAccess(next, (access) => {
      access.truncate(0);
      writeAll(access, bytes, 0);
    });
    if (await renamed(next, file)) return;
    await folder.getFileHandle(commitOf(file), { create: true });
  } catch (error) {
    await discard(folder, nextOf(file));
    throw error;
  }
  // It counts now; if there is no room for the copy, it is made later.
  await finish(folder, file).catch(() => undefined);
}

/** Renames a file over another, if the browser can: not all know how, and some may refuse if the target exists. */
async function renamed(handle: WorkerFileHandle, name: string): Promise<boolean> {
  if (!handle.move) return false;
  return handle.move(name).then(
    () => true,
    () => false,
  );
}

/** Adds to the end of a file: all of `bytes` or, if that fails, nothing. */
export async function extend(
  folder: FileSystemDirectoryHandle,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  await finish(folder, file);
  await withAccess(await folder.getFileHandle(file, { create: true }), (access) => {
    const before = access.getSize();
    try {
      writeAll(access, bytes, before);
    } catch (error) {
      access.truncate(before);
      throw error;
    }
  });
}

/** Copies a file's next content, if that is complete, to its place. May be started again at any point. */
async function finish(folder: FileSystemDirectoryHandle, file: string): Promise<void> {
  if (!(await unlessMissing(folder.getFileHandle(commitOf(file))))) return;
  const next = await unlessMissing(folder.getFileHandle(nextOf(file)));
  if (next) {
    const bytes = new Uint8Array(await (await next.getFile()).arrayBuffer());
    await withAccess(await folder.getFileHandle(file, { create: true }), (access) => {
      access.truncate(0);
      writeAll(access, bytes, 0);
    });
  }
  await discard(folder, commitOf(file)); // first: without it the other means nothing
  await discard(folder, nextOf(file));
}

/** Opens a file for `work` alone; all is on the disk when it returns. */
async function withAccess(
  handle: FileSystemFileHandle,
  work: (access: SyncAccessHandle) => void,
): Promise<void> {
  const access = await opened(handle as WorkerFileHandle);
  try {
    work(access);
    access.flush();
  } finally {
    access.close();
  }
}

/** How long the handle of a worker that is gone may outlive it. */
const LINGER_MS = 2000;
const LOOK_MS = 20;

/**
 * Who writes holds the folder's lock, so a file that is open still is that of a worker whose tab was closed this moment: the browser
 * lets go of its lock and of its files one after the other.
 */
async function opened(handle: WorkerFileHandle): Promise<SyncAccessHandle> {
  for (let waited = 0; ; waited += LOOK_MS) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if (nameOf(error) !== 'NoModificationAllowedError' || waited >= LINGER_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

function writeAll(access: SyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = access.write(bytes.subarray(done), { at: at + done });
    if (written === 0) throw new DOMException('no more can be written', 'QuotaExceededError');
    done += written;
  }
}

async function discard(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  await unlessMissing(folder.removeEntry(name, { recursive: true }));
}

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (folder as WorkerFolderHandle).keys()) names.push(name);
  return names;
}

/** The files whose next content is complete. */
const committedIn = (names: readonly string[]): string[] =>
  names.flatMap((name) => /^\.(.*)\.commit$/.exec(name)?.[1] ?? []);

/** The file's content that counts; undefined if there is none. */
export async function current(folder: FileSystemDirectoryHandle, file: string): Promise<File | undefined> {
  const isCommitted = await unlessMissing(folder.getFileHandle(commitOf(file)));
  const handle = await unlessMissing(folder.getFileHandle(isCommitted ? nextOf(file) : file));
  return handle?.getFile();
}

/** Removes a file in such an order that whoever looks in between sees it whole or not at all. */
export async function removeFile(folder: FileSystemDirectoryHandle, file: string): Promise<void> {
  for (const each of [file, commitOf(file), nextOf(file)]) await discard(folder, each);
}

/** Finishes what a writer that was killed had completed, and removes what it had not. */
export async function tidy(folder: FileSystemDirectoryHandle): Promise<void> {
  const names = await namesIn(folder);
  for (const name of committedIn(names)) await finish(folder, name);
  for (const name of names) if (/^\..*\.next$/.test(name)) await discard(folder, name);
}

/** The names of a folder's files and folders, in order, without half-written files. */
export async function listFiles(folder: FileSystemDirectoryHandle): Promise<readonly string[]> {
  const names = await namesIn(folder);
  return [...new Set([...names.filter((name) => !name.startsWith('.')), ...committedIn(names)])].sort();
}

export const nameOf = (error: unknown): string => (error instanceof DOMException ? error.name : '');

/** What `promise` gives; undefined if a file or folder is not there. */
export async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return undefined;
    throw error;
  }
}
