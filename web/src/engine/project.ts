/** A project: photos, and the runs that were trained on them, in a folder of the origin's storage. */
import { webHost, type WebHostOptions } from '../../../src/platform/web/host.ts';
import { opfsStore } from '../../../src/platform/web/run-store.ts';
import type { RunHost } from '../../../src/run/host.ts';
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
  const photos = await PhotoStore.open(`${root}/photos`);
  const store = opfsStore(`${root}/runs`);
  return { root, photos, host: webHost({ ...shared, files: photos.files, store }) };
}
