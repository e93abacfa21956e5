/** A project that is open: its photos, and the runs that were trained on them, in a folder of the storage. */
import type { FolderStorage } from '../../../src/platform/web/folder.ts';
import { webHost, type WebHostOptions } from '../../../src/platform/web/host.ts';
import { opfsStore } from '../../../src/platform/web/run-store.ts';
import type { RunHost } from '../../../src/run/host.ts';
import type { RunStore } from '../../../src/run/store/store.ts';
import { PhotoStore } from './photo-store.ts';

export interface Project {
  /** Where its folder is, and the folder. */
  readonly storage: FolderStorage;
  readonly root: string;
  readonly photos: PhotoStore;
  /** The place of its runs, which read its photos. */
  readonly host: RunHost;
}

/** What all projects of a page share. */
export type SharedHost = Omit<WebHostOptions, 'files' | 'store'>;

/** The project in the folder `root`, made where it is not there. Throws `OpfsError`. */
export async function openProject(
  storage: FolderStorage,
  root: string,
  shared: SharedHost,
): Promise<Project> {
  const photos = await PhotoStore.open(await storage.make(`${root}/photos`));
  const store = rememberingNames(opfsStore(runsOf(root), storage), photos);
  return { storage, root, photos, host: webHost({ ...shared, files: photos.files, store }) };
}

/** The folder of a project's runs. */
export const runsOf = (root: string): string => `${root}/runs`;

/** A run keeps the names that its classes had when it began; the photos keep which classes those were. */
const rememberingNames = (store: RunStore, photos: PhotoStore): RunStore => ({
  ...store,
  async make(run) {
    const isMade = await store.make(run);
    if (isMade) await photos.remember(run);
    return isMade;
  },
});
