/** The photos of a folder and their classes, from wherever the classes are told: by folders, by the photos' names or by a file. */
import { DataError } from './errors.ts';
import type { FileSystem } from './files.ts';
import { scanFolders, union, type FolderOptions, type ImageFolder } from './folder.ts';
import { findImages, listFolder } from './listing.ts';
import { labelInName } from './name-labels.ts';
import { partNamed } from './parts.ts';
import { count } from '../format.ts';

export interface ScanOptions extends FolderOptions {
  /** A CSV file that gives each photo its class. */
  readonly labels?: string | null | undefined;
  /** Whether photos are called after their classes: `cat.0.jpg`. */
  readonly labelsFromNames?: boolean | undefined;
}

/** Finds the photos below `dir` and their classes. Throws `DataError` where there are too few, naming what to change. */
export async function scanImageFolder(
  files: FileSystem,
  dir: string,
  { labels = null, labelsFromNames = false, ...options }: ScanOptions = {},
): Promise<ImageFolder> {
  if (labels !== null && labelsFromNames)
    throw new DataError(
      `Classes cannot come from ${labels} and from the names of the photos: say one of the two.`,
    );
  if (labels === null && !labelsFromNames) return scanFolders(files, dir, options);
  const byTable = async (table: string) =>
    (await import('./labels-file.ts')).scanLabelled(files, dir, table, options); // which few need
  const found = await (labels !== null ? byTable(labels) : scanNames(files, dir, options));
  if (found.classes.length < (options.known ? 1 : 2))
    throw new DataError(
      `The photos in ${dir} are all of one class by ${labels ?? 'their names'}, "${found.classes.join()}"; a classifier needs two or more.`,
    );
  return found;
}

/** Photos that are called after their classes, in one folder or beside others without classes: `train/cat.0.jpg`, `test/1.jpg`. */
async function scanNames(
  files: FileSystem,
  dir: string,
  { decoder = 'graft' }: FolderOptions,
): Promise<ImageFolder> {
  if ((await files.kind(dir)) !== 'directory') throw new DataError(`There is no folder ${dir}.`);
  const { folders } = await listFolder(files, dir, decoder);
  const { paths, ignored } = await findImages(files, dir, decoder);
  const below = (path: string) => path.slice(dir.length).replace(/^\/+/, '').split('/');
  const named = paths.map((path) => ({ path, name: labelInName(path.slice(path.lastIndexOf('/') + 1)) }));
  const labelled = named.filter((one): one is { path: string; name: string } => one.name !== undefined);
  const classes = union(labelled.map(({ name }) => name));
  const isDivided = folders.some((name) => partNamed(name) === 'train');
  const partOf = (path: string) => (isDivided ? partNamed(below(path)[0] ?? '') : undefined) ?? 'train';
  const images = (wanted: boolean) =>
    labelled
      .filter(({ path }) => (partOf(path) === 'train') === wanted)
      .map(({ path, name }) => ({ path, label: classes.indexOf(name) }));
  const [train, valid] = [images(true), images(false)];
  const nameless = named.length - labelled.length;
  return {
    ...{ classes, train, valid: valid.length > 0 ? valid : undefined, ignored },
    ...(nameless > 0 && {
      notes: [`${count(nameless)} photos in ${dir} have names without a class: left out`],
    }),
  };
}
