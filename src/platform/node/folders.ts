// Folders for what graft writes: models, and drivers unpacked from npm.
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes the folder `path` and those above it that are missing; one that is there is left as it is. `mode` is that of
 * the new ones. Throws the file system's error, also where `path` is a file.
 *
 * Not mkdirSync's own `recursive`, which never returns where the file system makes no folders (/proc, Node 20).
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (!isFolder(path)) throw error; // another process may have been faster
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
