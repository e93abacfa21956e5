// Node's side of reading photos and of writing models: a file system for data/, and writing that never leaves a
// half-made file under a name that someone relies on.

import { randomBytes } from 'node:crypto';
import { unlinkSync, type Dirent } from 'node:fs';
import { open, readdir, readFile, realpath, rename, stat, statfs, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Entry, FileSystem } from '../../data/files.ts';
import { makeFolder } from './folders.ts';

/** Photos are far smaller; this keeps a film or a disk image named .jpg out of memory. */
const MAX_FILE_BYTES = 512 * 2 ** 20;

/** The file system of the machine that Node runs on. */
export const nodeFiles: FileSystem = {
  async list(dir) {
    const entries = await readdir(dir, { withFileTypes: true });
    return Promise.all(
      entries.map(async (entry) => ({ name: entry.name, kind: await entryKind(dir, entry) })),
    );
  },
  async kind(path) {
    try {
      return kindOf(await stat(path));
    } catch (error) {
      // A circle of links, a link to nowhere and a file taken for a folder are as good as missing.
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error))) return 'missing';
      throw error;
    }
  },
  identity: (dir) => realpath(dir),
  async read(path) {
    const found = await stat(path);
    if (found.isDirectory()) throw new Error('it is a folder');
    // Reading a pipe or a device could wait forever.
    if (!found.isFile()) throw new Error('it is not a regular file');
    if (found.size > MAX_FILE_BYTES) {
      throw new Error(
        `it has ${(found.size / 2 ** 20).toFixed(0)} MiB; the limit is ${MAX_FILE_BYTES / 2 ** 20} MiB`,
      );
    }
    return readFile(path);
  },
};

async function entryKind(dir: string, entry: Dirent): Promise<Entry['kind']> {
  if (!entry.isSymbolicLink()) return kindOf(entry);
  const target = await nodeFiles.kind(join(dir, entry.name));
  return target === 'missing' ? 'other' : target;
}

function kindOf(found: { isFile(): boolean; isDirectory(): boolean }): Entry['kind'] {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'directory' : 'other';
}

const errorCode = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** A new file that was not written to for this long belongs to a process that was killed. */
const STALE_MS = 60 * 60 * 1000;

/**
 * Writes a file so that `path` holds either what it held before or all of `bytes`, even if the process or the machine
 * stops: the bytes go to a new file beside it, are forced to the disk and then take over the name. Missing folders are
 * made. The new file is removed if the process exits meanwhile, or an hour later, by the next write, if it was
 * killed.
 * @throws the file system's error (disk full, no permission, …), after removing the new file.
 */
export async function writeAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const dir = dirname(path);
  makeFolder(dir);
  await removeStale(path);
  const temporary = temporaryName(path);
  const removeNow = () => {
    try {
      unlinkSync(temporary);
    } catch {
      // It was not made yet, or has its name already.
    }
  };
  process.once('exit', removeNow);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    process.off('exit', removeNow);
  }
  await syncFolder(dir);
}

/**
 * Says before hours of work whether a file of `bytes` can be written to `path`: makes its folder and, for a moment, a
 * file in it (permission bits say nothing about a read-only disk, nor to root), and checks the space left.
 * @throws the file system's error, or one that tells how much space is left.
 */
export async function checkWritable(path: string, bytes: number): Promise<void> {
  const dir = dirname(path);
  makeFolder(dir);
  const temporary = temporaryName(path);
  const file = await open(temporary, 'wx');
  await file.close();
  await unlink(temporary);
  const { blocks, bavail, bsize } = await statfs(dir);
  const knowsItsSize = blocks > 0; // some network file systems do not
  if (knowsItsSize && bavail * bsize < bytes) {
    const mib = (size: number) => (size / 2 ** 20).toFixed(0);
    throw new Error(`${mib(bavail * bsize)} MiB are free there, and ${mib(bytes)} MiB are needed`);
  }
}

/** Removes the new files that killed processes left in `dir`, of whatever age: for folders that nobody else writes. */
export async function removeTemporaries(dir: string): Promise<void> {
  for (const name of await readdir(dir))
    if (TEMPORARY.test(name)) await unlink(join(dir, name)).catch(() => undefined);
}

/** The name of a new file of `writeAtomic`. */
const TEMPORARY = /^\..*\.[0-9a-f]{12}\.tmp$/;
const temporaryPrefix = (path: string) => `.${basename(path)}.`;
const temporaryName = (path: string) =>
  join(dirname(path), `${temporaryPrefix(path)}${randomBytes(6).toString('hex')}.tmp`);

/**
 * Removes new files of killed processes. Their age tells: process numbers mean nothing across containers and machines.
 */
async function removeStale(path: string): Promise<void> {
  const prefix = temporaryPrefix(path);
  for (const name of await readdir(dirname(path)).catch(() => [])) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length))) continue;
    const stale = join(dirname(path), name);
    const found = await stat(stale).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_MS) await unlink(stale).catch(() => undefined);
  }
}

/** Makes the new name itself durable; not every platform lets a folder be opened for that. */
async function syncFolder(dir: string): Promise<void> {
  try {
    const folder = await open(dir, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    return;
  }
}
