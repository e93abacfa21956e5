/** A project: photos, and the runs that were trained on them, in a folder of the origin's storage. */
import { webHost, type WebHostOptions } from '../../../src/platform/web/host.ts';
import { OpfsFolder } from '../../../src/platform/web/opfs.ts';
import { opfsStore } from '../../../src/platform/web/run-store.ts';
import type { RunHost } from '../../../src/run/host.ts';
import type { RunStore } from '../../../src/run/store/store.ts';
import { PhotoStore } from './photo-store.ts';

export interface Project {
  /** Its folder in the storage. */
  readonly root: string;
  readonly photos: PhotoStore;
  /** The place of its runs, which read its photos. */
  readonly host: RunHost;
}

/** What all projects of a page share. */
export type SharedHost = Omit<WebHostOptions, 'files' | 'store'>;

/** The project in that folder, made where it is not there. Throws `OpfsError` where there is no storage. */
export async function openProject(root: string, shared: SharedHost): Promise<Project> {
  const photos = await PhotoStore.open(await OpfsFolder.make(`${root}/photos`));
  const store = rememberingNames(opfsStore(`${root}/runs`), photos);
  return { root, photos, host: webHost({ ...shared, files: photos.files, store }) };
}

/** A run keeps the names that its classes had when it began; the photos keep which classes those were. */
const rememberingNames = (store: RunStore, photos: PhotoStore): RunStore => ({
  ...store,
  async make(run) {
    const isMade = await store.make(run);
    if (isMade) await photos.remember(run);
    return isMade;
  },
});
