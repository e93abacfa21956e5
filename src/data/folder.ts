// Finds the photos in a folder whose sub-folders are the classes, as torchvision's ImageFolder does: classes and files
// are sorted by code point, so that labels and splits come out the same on every machine.

import { type DecoderName, isHidden, isPhotoName, photoEndings } from './decoders.ts';
import { DataError } from './errors.ts';
import type { Entry, FileSystem } from './files.ts';
import { bothIgnored, countIgnored, ignoredFor, type IgnoredFiles } from './ignored.ts';

export interface LabelledPath {
  readonly path: string;
  /** Index into the classes. */
  readonly label: number;
}

export interface ImageFolder {
  /** Names of the class folders, sorted. */
  readonly classes: readonly string[];
  readonly train: readonly LabelledPath[];
  /** The photos set aside for validation, where the folder has such. */
  readonly valid: readonly LabelledPath[] | undefined;
  /** The files that were passed over: hidden ones, those without a photo's ending, and those beside the class folders. */
  readonly ignored: IgnoredFiles;
}

/** Folders that hold validation photos; the first that is there is taken. */
export const VALIDATION_NAMES: readonly string[] = ['val', 'valid', 'validation', 'test'];

/**
 * Scans `dir`, which holds either class folders or `train` and a validation folder (val, valid, validation or test)
 * with class folders in them. Folders inside a class belong to it. Which files are photos is told by the endings that
 * `decoder` looks at.
 * @throws DataError naming the folder and what to change, if it cannot be trained on.
 */
export async function scanImageFolder(
  files: FileSystem,
  dir: string,
  decoder: DecoderName = 'graft',
): Promise<ImageFolder> {
  const kind = await files.kind(dir);
  if (kind === 'missing') throw new DataError(`There is no folder ${dir}. ${expectedLayout(dir)}`);
  if (kind !== 'directory') throw new DataError(`${dir} is not a folder. ${expectedLayout(dir)}`);

  const folders = (await visibleEntries(files, dir)).filter((entry) => entry.kind === 'directory');
  const named = new Map(folders.map(({ name }) => [name.toLowerCase(), join(dir, name)]));
  const trainDir = named.get('train');
  const validDir = VALIDATION_NAMES.map((name) => named.get(name)).find((path) => path !== undefined);
  // A class may well be called "train" or "test": only where nothing else is there are they parts of a data set.
  const isSplit = [...named.keys()].every((name) => name === 'train' || VALIDATION_NAMES.includes(name));
  if (folders.length === 0 || !isSplit) {
    const { classes, images, ignored } = await scanClasses(files, dir, dir, decoder);
    return { classes, train: images, valid: undefined, ignored };
  }
  if (!trainDir) throw new DataError(`${dir} has no folder "train". ${expectedLayout(dir)}`);

  const train = await scanClasses(files, trainDir, dir, decoder);
  if (!validDir)
    return { classes: train.classes, train: train.images, valid: undefined, ignored: train.ignored };
  const valid = await scanClasses(files, validDir, dir, decoder);
  checkSameClasses(train.classes, trainDir, valid.classes, validDir);
  return {
    classes: train.classes,
    train: train.images,
    valid: valid.images,
    ignored: bothIgnored(train.ignored, valid.ignored),
  };
}

async function scanClasses(files: FileSystem, dir: string, root: string, decoder: DecoderName) {
  const entries = await visibleEntries(files, dir);
  const classes = entries.filter((entry) => entry.kind === 'directory').map(({ name }) => name);
  const loose = entries.filter(({ kind, name }) => kind === 'file' && isPhotoName(name, decoder)).length;
  if (classes.length === 0) {
    const found = loose > 0 ? `holds ${loose} photos outside any class folder` : 'holds no class folders';
    throw new DataError(`${dir} ${found}. ${expectedLayout(root)}`);
  }
  if (classes.length === 1) {
    throw new DataError(
      `${dir} holds only one class, "${classes[0]}"; a classifier needs two or more. ${expectedLayout(root)}`,
    );
  }
  const images: LabelledPath[] = [];
  const empty: string[] = [];
  let ignored = countIgnored(
    entries.filter(({ kind }) => kind !== 'directory').map((entry) => ignoredFor(entry, decoder)),
  );
  for (const [label, name] of classes.entries()) {
    const found = await findImages(files, join(dir, name), decoder);
    if (found.paths.length === 0) empty.push(join(dir, name));
    for (const path of found.paths) images.push({ path, label });
    ignored = bothIgnored(ignored, found.ignored);
  }
  if (empty.length > 0) {
    throw new DataError(
      `There are no photos (${photoEndings(decoder).join(', ')}) in ${empty.join(', ')}: put some there or remove the folder. ` +
        expectedLayout(root),
    );
  }
  return { classes, images, ignored };
}

/**
 * All files under `dir` that `decoder` looks at, sorted within each folder, and the other files by number; each folder once even where
 * symbolic links lead in a circle. Throws `DataError` for a folder that cannot be read.
 */
export async function findImages(
  files: FileSystem,
  dir: string,
  decoder: DecoderName = 'graft',
): Promise<{ paths: string[]; ignored: IgnoredFiles }> {
  const paths: string[] = [];
  const ignored: string[] = [];
  const seen = new Set<string>();
  const pending = [dir];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const identity = await files.identity(folder);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const entries = await listSorted(files, folder);
    for (const entry of entries) {
      const { name, kind } = entry;
      if (kind === 'file' && isPhotoName(name, decoder)) paths.push(join(folder, name));
      else if (kind !== 'directory') ignored.push(ignoredFor(entry, decoder));
    }
    const inner = entries.filter(({ name, kind }) => kind === 'directory' && !isHidden(name));
    // The stack gives back last what is pushed first.
    pending.push(...inner.map(({ name }) => join(folder, name)).reverse());
  }
  return { paths, ignored: countIgnored(ignored) };
}

function checkSameClasses(
  train: readonly string[],
  trainDir: string,
  valid: readonly string[],
  validDir: string,
): void {
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');
  const missing = train.filter((name) => !valid.includes(name));
  const extra = valid.filter((name) => !train.includes(name));
  if (missing.length + extra.length === 0) return;
  throw new DataError(
    `The classes in ${validDir} differ from those in ${trainDir}:` +
      (missing.length > 0 ? ` ${quoted(missing)} missing;` : '') +
      (extra.length > 0 ? ` ${quoted(extra)} not trained;` : '') +
      ' give both the same class folders.',
  );
}

async function visibleEntries(files: FileSystem, dir: string): Promise<Entry[]> {
  return (await listSorted(files, dir)).filter(({ name }) => !isHidden(name));
}

async function listSorted(files: FileSystem, dir: string): Promise<Entry[]> {
  try {
    return [...(await files.list(dir))].sort((a, b) => compareCodePoints(a.name, b.name));
  } catch (error) {
    throw new DataError(`${dir} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

const join = (dir: string, name: string) => (dir.endsWith('/') ? dir + name : `${dir}/${name}`);

/** Python's order of strings; JavaScript's own compares UTF-16 units, which puts emoji before some letters. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [i, character] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    if (character !== other) return (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}

function expectedLayout(dir: string): string {
  return `Expected one folder of photos per class:
  ${join(dir, 'cats')}/*.jpg
  ${join(dir, 'dogs')}/*.jpg
or, with photos set aside for validation:
  ${join(dir, 'train')}/{cats,dogs}/*.jpg
  ${join(dir, 'val')}/{cats,dogs}/*.jpg`;
}
