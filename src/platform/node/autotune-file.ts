// Where what was measured on this machine's adapters is kept: one file per adapter in the cache. None is needed, so what is
// wrong with one is reported and nothing more.
import { createHash } from 'node:crypto';
import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterIdentity } from '../../gpu/index.ts';
import { AutotuneTable, AutotuneTableError } from '../../kernels/autotune/table.ts';
import { cacheFolders } from './cache.ts';
import { nodeFiles, writeAtomic } from './files.ts';

/** A table of everything that autotuning can measure is far smaller. */
const MAX_BYTES = 8 * 2 ** 20;

export interface FoundAutotuned {
  readonly path: string;
  readonly table: AutotuneTable;
}

/** What the cache holds for an adapter; undefined if it holds nothing. Rejects as `readAutotuned` does. */
export async function findAutotuned(adapter: AdapterIdentity): Promise<FoundAutotuned | undefined> {
  for (const path of autotunePaths(adapter))
    if ((await nodeFiles.kind(path)) !== 'missing')
      return { path, table: await readAutotuned(path, adapter) };
  return undefined;
}

/**
 * Reads an autotune file. Rejects with `AutotuneTableError`, whose message begins with the path, if it is not one, is damaged, or was
 * made on another adapter or by a later version.
 */
export async function readAutotuned(path: string, adapter: AdapterIdentity): Promise<AutotuneTable> {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw new AutotuneTableError('is not an autotune file of graft');
    return AutotuneTable.parse(new TextDecoder().decode(await nodeFiles.read(path)), adapter);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AutotuneTableError(
      error instanceof AutotuneTableError ? `${path} ${reason}` : `${path} cannot be read: ${reason}`,
    );
  }
}

/** Writes a table to the cache, whole or not at all, and returns the path. Rejects with the file system's error. */
export async function keepAutotuned(table: AutotuneTable): Promise<string> {
  let failure: unknown;
  for (const path of autotunePaths(table.adapter)) {
    try {
      await writeAtomic(path, new TextEncoder().encode(table.toString()));
      return path;
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** Removes what the cache holds for an adapter; returns the paths. Rejects with the file system's error. */
export async function forgetAutotuned(adapter: AdapterIdentity): Promise<string[]> {
  const removed: string[] = [];
  for (const path of autotunePaths(adapter)) {
    if ((await nodeFiles.kind(path)) === 'missing') continue;
    await unlink(path);
    removed.push(path);
  }
  return removed;
}

/** Named after the adapter, for people, and by a hash, for adapters with the same name. */
function autotunePaths(adapter: AdapterIdentity): string[] {
  const { vendor, architecture, device, description } = adapter;
  const hash = createHash('sha256').update(JSON.stringify([vendor, architecture, device, description]));
  const slug = (device || description || vendor || 'adapter').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const name = `${slug.replace(/^-|-$/g, '').slice(0, 60)}-${hash.digest('hex').slice(0, 8)}.json`;
  // The folder's original name, so that measurements of earlier versions are found.
  return cacheFolders('tuning').map((folder) => join(folder, name));
}
