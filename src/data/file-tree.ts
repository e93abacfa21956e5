// A file system of files that are known by their paths: those that a user picked in a browser, or a test's.
import type { Entry, FileSystem } from './files.ts';

/** Reads the bytes of a file. */
export type ReadFile = () => Promise<Uint8Array>;

/**
 * The files at these paths, `photos/cats/1.jpg`, and the folders that the paths speak of. A path that ends in '/' is an empty
 * folder. Of two files at one path the last counts.
 */
export function fileTree(entries: Iterable<readonly [path: string, read: ReadFile]>): FileSystem {
  const files = new Map<string, ReadFile>();
  const folders = new Map<string, Map<string, Entry>>();
  const folderAt = (path: string): Map<string, Entry> => {
    const known = folders.get(path);
    if (known) return known;
    const made = new Map<string, Entry>();
    folders.set(path, made);
    addTo(path, 'directory');
    return made;
  };
  const addTo = (path: string, kind: Entry['kind']) => {
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    if (cut >= 0) folderAt(path.slice(0, cut)).set(name, { name, kind });
  };
  for (const [path, read] of entries) {
    if (path.endsWith('/')) folderAt(path.slice(0, -1));
    else {
      files.set(path, read);
      addTo(path, 'file');
    }
  }
  const plain = (path: string) => path.replace(/(?<=.)\/+$/, '');
  return {
    list(dir) {
      const found = folders.get(plain(dir));
      return found
        ? Promise.resolve([...found.values()])
        : Promise.reject(new Error(`there is no folder ${dir}`));
    },
    kind: (path) =>
      Promise.resolve(folders.has(plain(path)) ? 'directory' : files.has(path) ? 'file' : 'missing'),
    identity: (dir) => Promise.resolve(plain(dir)),
    read: (path) => files.get(path)?.() ?? Promise.reject(new Error(`there is no file ${path}`)),
  };
}
