/**
 * The photos as the folder that a run is given: a folder for each class, or `train` and `val` with class folders where the photos came so
 * divided. Names inside a class are those that its folder had, since the order of names decides a run's bits.
 */
import { fileTree } from '../../../../src/data/file-tree.ts';
import type { FileSystem } from '../../../../src/data/index.ts';
import { fileOf, type StoredClass, type StoredPhoto } from './index-file.ts';

/** The folder of all photos, for runs. */
export const PHOTOS = 'photos';

/**
 * Whether photos say themselves what they are to be judged by. It takes photos of both kinds in every class: a run can do nothing with
 * half of a division, and sets photos aside itself.
 */
export type Division = 'none' | 'used' | 'incomplete';

export function divisionOf(classes: readonly StoredClass[]): Division {
  const isFor = (part: 'train' | 'val') => (photo: StoredPhoto) =>
    (photo.part === 'val') === (part === 'val');
  const filled = classes.filter(({ photos }) => photos.length > 0);
  if (!filled.some(({ photos }) => photos.some(isFor('val')))) return 'none';
  const isWhole = filled.every(({ photos }) => photos.some(isFor('train')) && photos.some(isFor('val')));
  return isWhole ? 'used' : 'incomplete';
}

/** A photo's path in the tree. */
export function pathOf(photo: StoredPhoto, className: string, division: Division): string {
  switch (division) {
    case 'used':
      return `${PHOTOS}/${photo.part ?? 'train'}/${className}/${photo.name}`;
    case 'incomplete': // the parts may hold photos of the same name
      return `${PHOTOS}/${className}/${photo.part === undefined ? '' : `${photo.part}/`}${photo.name}`;
    case 'none':
      return `${PHOTOS}/${className}/${photo.name}`;
  }
}

/** All photos by path; a class is called what `names` says, or else by its name. */
export function photosByPath(
  classes: readonly StoredClass[],
  names: Readonly<Record<string, string>> = {},
): Map<string, StoredPhoto> {
  const division = divisionOf(classes);
  return new Map(
    classes.flatMap(({ id, name, photos }) =>
      photos.map((photo) => [pathOf(photo, names[id] ?? name, division), photo] as const),
    ),
  );
}

export const photoTree = (
  photos: ReadonlyMap<string, StoredPhoto>,
  read: (file: string) => Promise<Uint8Array>,
): FileSystem => fileTree(Array.from(photos, ([path, photo]) => [path, () => read(fileOf(photo))] as const));
