// Features of photos in the user's cache, a file a batch, with a checksum before them. The oldest go when there are too many.
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeatureStore } from '../../run/host.ts';
import { cacheFolders } from './cache.ts';
import { writeAtomic } from './files.ts';
import { makeFolder } from './folders.ts';

/** As many bytes are kept: the features that a ResNet-18 makes of half a million photos. */
const MOST_BYTES = 2 ** 30;
const ENDING = '.features';
const CHECKSUM_BYTES = 32;

export interface FeatureStoreOptions {
  /** The first that can be written to is used. Default: those of the user's cache. */
  readonly folders?: readonly string[];
  readonly mostBytes?: number;
}

/** Opens the store, and removes what has not been used for longest. Undefined where there can be none. */
export async function openFeatureStore({
  folders = cacheFolders('features'),
  mostBytes = MOST_BYTES,
}: FeatureStoreOptions = {}): Promise<FeatureStore | undefined> {
  for (const folder of folders) {
    try {
      makeFolder(folder, 0o700);
      // A folder among the temporary files, or a link in its place, may have been made by somebody else.
      if ((await lstat(folder)).uid !== (process.getuid?.() ?? 0)) continue;
      await shorten(folder, mostBytes);
      return storeIn(folder);
    } catch {
      continue; // another's, or on a disk that cannot be written to
    }
  }
  return undefined;
}

function storeIn(folder: string): FeatureStore {
  const pathOf = (name: string) => join(folder, name + ENDING);
  return {
    async find(name) {
      try {
        const bytes = await readFile(pathOf(name));
        const features = bytes.subarray(CHECKSUM_BYTES);
        if (!checksum(features).equals(bytes.subarray(0, CHECKSUM_BYTES))) return undefined;
        const now = new Date();
        await utimes(pathOf(name), now, now).catch(() => undefined); // the last to go
        return new Float32Array(Uint8Array.from(features).buffer);
      } catch {
        return undefined;
      }
    },
    async keep(name, features) {
      const bytes = Buffer.from(features.buffer, features.byteOffset, features.byteLength);
      try {
        await writeAtomic(pathOf(name), Buffer.concat([checksum(bytes), bytes]));
      } catch {
        return; // a full disk: they are computed again
      }
    },
  };
}

const checksum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Removes the files that were used longest ago, until the others have no more bytes than this. */
async function shorten(folder: string, mostBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), ...(await stat(join(folder, name))) })),
  );
  let kept = 0;
  for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs))
    if ((kept += size) > mostBytes) await unlink(path);
}
