// A file for what memory may not hold, in the user's cache. It has no name once it is open, so whatever ends the process gives its
// room back, and nobody else can open it.
import { constants } from 'node:fs';
import { open, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ScratchFile } from '../../data/index.ts';
import { cacheFolders } from './cache.ts';
import { makeFolder } from './folders.ts';

/** The share of the free disk that a file may fill. */
const MOST_OF_DISK = 1 / 2;

/** Opens an empty file in the first of these folders that takes one; undefined where none does. */
export async function openScratch(
  folders: readonly string[] = cacheFolders('photos'),
): Promise<ScratchFile | undefined> {
  for (const folder of folders) {
    try {
      makeFolder(folder, 0o700);
      const path = join(folder, `${randomBytes(8).toString('hex')}.scratch`);
      const { O_RDWR, O_CREAT, O_EXCL } = constants;
      const file = await open(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
      await unlink(path);
      return scratchOf(file, await roomIn(folder));
    } catch {
      continue; // a full or read-only disk: the next folder may be on another
    }
  }
  return undefined;
}

async function roomIn(folder: string): Promise<number> {
  const { blocks, bavail, bsize } = await statfs(folder);
  const knowsItsSize = blocks > 0; // some network file systems do not
  return knowsItsSize ? bavail * bsize * MOST_OF_DISK : Infinity;
}

function scratchOf(file: FileHandle, room: number): ScratchFile {
  return {
    async write(at, bytes) {
      if (at + bytes.length > room) throw new Error('The disk is filled as far as graft may fill it.');
      for (let done = 0; done < bytes.length;)
        done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    },
    async read(at, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const { bytesRead } = await file.read(bytes, done, length - done, at + done);
        if (bytesRead === 0) throw new Error('The file ends too early.');
        done += bytesRead;
      }
      return bytes;
    },
    close: () => file.close(),
  };
}
