/**
 * How projects of earlier versions of the site become those of today: a step from each version to the next. A step may be cut off at
 * any point and is then done again from its beginning, since the version is written down only after it.
 */
import type { FolderStorage } from '../../../src/platform/web/folder.ts';

/** Brings the project in the folder `root` to the next version. */
type Migration = (storage: FolderStorage, root: string) => Promise<void>;

/** By the version that they begin with. */
export const migrations: readonly Migration[] = [fromBeforeProjects];

/** The version of projects that this site makes. */
export const PROJECT_VERSION = migrations.length;

/** The project that becomes of photos and runs from before there were projects, which stood in folders of their own. */
export const FIRST = 'first';
export const EARLIER = ['photos', 'runs'] as const;

/** Whether there are photos or runs from before there were projects. */
export async function hasEarlier(storage: FolderStorage): Promise<boolean> {
  for (const name of EARLIER) if (await storage.find(name)) return true;
  return false;
}

async function fromBeforeProjects(storage: FolderStorage, root: string): Promise<void> {
  if (!root.endsWith(`/${FIRST}`)) return;
  for (const name of EARLIER) await move(storage, name, `${root}/${name}`);
}

/** Moves a folder, file by file, so that no more than one of them is there twice. Done again, it goes on where it was. */
async function move(storage: FolderStorage, from: string, to: string): Promise<void> {
  const source = await storage.find(from);
  if (!source) return;
  const target = await storage.make(to);
  const names = await source.list();
  const isFolder = await Promise.all(names.map(async (name) => (await source.size(name)) === 'no file'));
  // Folders first: the files beside them are indexes, which must stay readable until all that they name has moved.
  for (const [i, name] of names.entries())
    if (isFolder[i]) await move(storage, `${from}/${name}`, `${to}/${name}`);
  for (const [i, name] of names.entries()) {
    if (isFolder[i]) continue;
    const bytes = await source.read(name);
    if (bytes) await target.write(name, bytes);
    await source.remove(name);
  }
  await storage.remove(from);
}
