// What the data code needs of a file system. Node's is in platform/; a browser can give one over folders that the user
// picked, a test one over a plain object.

/** One name in a folder; symbolic links count as what they point to, links to nowhere and devices as 'other'. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

/** Paths are joined with '/', which every platform accepts. */
export interface FileSystem {
  /** The entries of a folder, in any order. */
  list(dir: string): Promise<readonly Entry[]>;
  kind(path: string): Promise<Entry['kind'] | 'missing'>;
  /** The same string for the same folder by whatever path: shows when symbolic links lead in a circle. */
  identity(dir: string): Promise<string>;
  /** The bytes of a file; rejects with an error whose message names it. */
  read(path: string): Promise<Uint8Array>;
}
