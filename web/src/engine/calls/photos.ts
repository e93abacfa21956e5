/** Photos of a project, by class. */
import type { Part } from '../../../../src/data/layout.ts';
import type { AddReport, PhotoRef, PhotoSet, PhotosEvent, PickedPhoto } from '../photos/photo-set.ts';
import type { Answering } from '../protocol.ts';
import type { Project } from '../project.ts';

export type * from '../photos/photo-set.ts';

export interface PhotoCalls {
  /** Hands over files that `addPhotos` adds, all together: thousands in one call would keep the page busy. */
  offerPhotos(batch: string, photos: readonly PickedPhoto[]): void;
  /** Adds what was offered, to the class with that identifier or to classes by folders. One batch after the other. */
  addPhotos(batch: string, into?: string): { readonly set: PhotoSet; readonly report: AddReport };
  /** Ends adding; what is in stays. */
  cancelAdding(): void;
  photos(): PhotoSet;
  photosOf(classId: string): readonly PhotoRef[];
  /** Small pictures of photos; undefined for a photo that has none. */
  thumbnails(ids: readonly string[]): readonly (Blob | undefined)[];
  /** The bytes of a photo by its path in the folder that runs are given; with a run, in the folder that it was given. */
  photo(path: string, run?: string): Blob;
  photoWith(id: string): Blob;
  /** Makes a class, or finds the one of that name. */
  makeClass(name: string): { readonly set: PhotoSet; readonly id: string };
  /** A name that another class has makes one class of both. */
  renameClass(id: string, to: string): PhotoSet;
  removeClass(id: string): PhotoSet;
  removePhotos(ids: readonly string[]): PhotoSet;
  movePhotos(ids: readonly string[], to: string): PhotoSet;
  /** Sets photos aside for validation, or gives them to training. */
  markPhotos(ids: readonly string[], part: Part): PhotoSet;
  /** Undoes the last removal, move or merge. */
  undoPhotos(): PhotoSet;
  /** Removes for good what was removed last. */
  forgetPhotos(): PhotoSet;
}

export interface PhotoCallOptions {
  readonly startIntakeWorker: () => Worker;
  readonly tell: (event: PhotosEvent) => void;
}

export function photoCalls(
  project: () => Project,
  { startIntakeWorker: startWorker, tell }: PhotoCallOptions,
): Answering<PhotoCalls> {
  const offered = new Map<string, PickedPhoto[]>();
  let adding = new AbortController();
  let turn: Promise<unknown> = Promise.resolve();
  const isStillOpen = (store: Project['photos']) => {
    try {
      return project().photos === store;
    } catch {
      return false; // no project is open
    }
  };
  const blob = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes]);
  /** Does something with the photos and gives them as they are then. */
  const after = async (work: (store: Project['photos']) => Promise<unknown>) => {
    const { photos } = project();
    await work(photos);
    return photos.set;
  };
  return {
    async offerPhotos(batch, photos) {
      offered.set(batch, [...(offered.get(batch) ?? []), ...photos]);
      return Promise.resolve();
    },
    addPhotos(batch, into) {
      const { photos: store } = project();
      const { signal } = adding;
      const result = turn.then(async () => {
        const picked = offered.get(batch) ?? [];
        offered.delete(batch);
        const name = into === undefined ? undefined : store.collection.classWith(into)?.name;
        if (into !== undefined && name === undefined) throw new Error('This class is not there any more.');
        const { addPhotos } = await import('../photos/adding.ts'); // no page needs it to open or to train
        const isOpen = () => isStillOpen(store);
        const report = await addPhotos(store, picked, { into: name, signal, isOpen, startWorker, tell });
        return { set: store.set, report };
      });
      turn = result.catch(() => undefined);
      return result;
    },
    cancelAdding() {
      adding.abort();
      adding = new AbortController();
      return Promise.resolve();
    },
    photos: () => Promise.resolve(project().photos.set),
    photosOf: (id) => Promise.resolve(project().photos.photosOf(id)),
    thumbnails: async (ids) => (await project().photos.thumbnails(ids)).map((bytes) => bytes && blob(bytes)),
    photo: async (path, run) => blob(await project().photos.readPath(path, run)),
    photoWith: async (id) => blob(await project().photos.readPhoto(id)),
    async makeClass(name) {
      const { photos } = project();
      const id = await photos.makeClass(name);
      return { set: photos.set, id };
    },
    renameClass: (id, to) => after((photos) => photos.rename(id, to)),
    removeClass: (id) => after((photos) => photos.removeClass(id)),
    removePhotos: (ids) => after((photos) => photos.removePhotos(ids)),
    movePhotos: (ids, to) => after((photos) => photos.movePhotos(ids, to)),
    markPhotos: (ids, part) => after((photos) => photos.mark(ids, part)),
    undoPhotos: () => after((photos) => photos.undo()),
    forgetPhotos: () => after((photos) => Promise.resolve(photos.forget())),
  };
}
