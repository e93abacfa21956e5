/** Where a page's projects are kept: the browser's storage, or memory where there is none. */
import type { FolderStorage } from '../../../src/platform/web/folder.ts';
import { memoryStorage } from '../../../src/platform/web/memory-folder.ts';
import { OpfsError, opfsStorage } from '../../../src/platform/web/opfs.ts';

/** The folder of all projects. */
export const PROJECTS = 'projects';

/**
 * The browser's storage if it takes files, which some private windows show only by trying; otherwise memory, for as long as the tab
 * is open. A storage that is full is one: what is there is worth more than room for new things.
 */
export async function openStorage(): Promise<FolderStorage> {
  try {
    const folder = await opfsStorage.make(PROJECTS);
    const probe = `probe.${crypto.randomUUID()}`; // other tabs try at the same time; no project has a dot
    await folder.write(probe, new Uint8Array(1));
    await folder.remove(probe);
    return opfsStorage;
  } catch (error) {
    return error instanceof OpfsError && error.problem === 'full' ? opfsStorage : memoryStorage();
  }
}
