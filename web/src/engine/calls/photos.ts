/** Photos of a project, by class. */
import type { Answering } from '../protocol.ts';
import type { Project } from '../project.ts';

/** A photo as it was picked: where it stands, such as `cats/1.jpg`, and its bytes. */
export interface PickedPhoto {
  readonly path: string;
  readonly file: Blob;
}

/** All classes with their photos' paths, as they are kept. */
export interface PhotoSet {
  readonly classes: readonly { readonly name: string; readonly photos: readonly string[] }[];
  /** Files that were left out, with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

export interface PhotoCalls {
  /** Keeps photos, in classes by their folders, beside those that are there. */
  addPhotos(photos: readonly PickedPhoto[]): PhotoSet;
  photos(): PhotoSet;
  removeClass(name: string): PhotoSet;
  renameClass(name: string, to: string): PhotoSet;
  /** The bytes of a photo. */
  photo(path: string): Blob;
}

export function photoCalls(project: () => Project): Answering<PhotoCalls> {
  const set = (leftOut: PhotoSet['leftOut'] = []): PhotoSet => ({ ...project().photos.set, leftOut });
  return {
    addPhotos: async (picked) => set(await project().photos.add(picked)),
    photos: () => Promise.resolve(set()),
    async removeClass(name) {
      await project().photos.remove(name);
      return set();
    },
    async renameClass(name, to) {
      await project().photos.rename(name, to);
      return set();
    },
    photo: async (path) => new Blob([new Uint8Array(await project().photos.files.read(path))]),
  };
}
