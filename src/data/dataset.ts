// A folder of photos as two sets of equally large images in host memory, decoded once: 600 photos of 128 × 128 pixels
// are 29 MB as bytes, and every later epoch starts without touching a file.

import { DataError } from './errors.ts';
import type { FileSystem } from './files.ts';
import type { ImageFolder, LabelledPath } from './folder.ts';
import type { IgnoredFiles } from './ignored.ts';
import { ImageStore } from './image-store.ts';
import { type Transform, transformedSize } from './resize.ts';
import { scanImageFolder } from './scan.ts';
import type { ImageSource } from './source.ts';
import { stratifiedSplit } from './split.ts';

export interface DatasetOptions {
  /** Holds class folders, or `train` and a validation folder with class folders. */
  readonly dir: string;
  readonly transform: Transform;
  /** For the validation photos, where theirs differs: training photos may be larger, to be cropped at random. */
  readonly validTransform?: Transform;
  /** Decides which photos are set aside where there is no validation folder. Default: 0. */
  readonly seed?: number;
  /** The part of every class that is set aside then. Default: 0.2. */
  readonly validFraction?: number;
  /**
   * The most bytes of host memory that the decoded photos may take; more are refused
   * before any is read. Default: 8 GiB.
   */
  readonly memoryBudget?: number;
  /** Called after each decoded or skipped file. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Equally large images with their labels. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** RGB bytes of image `index` [height, width, 3], not copied; throws `RangeError` if there is none. */
  image(index: number): Uint8Array;
  /** Index into the data set's classes, [count]. */
  readonly labels: Int32Array;
  readonly paths: readonly string[];
}

export interface SkippedFile {
  readonly path: string;
  /** Reads well after the path: "is truncated: …". */
  readonly reason: string;
}

export interface Dataset {
  readonly classes: readonly string[];
  readonly train: ImageSet;
  readonly valid: ImageSet;
  /** Photos that could not be decoded, in the order of the sets. */
  readonly skipped: readonly SkippedFile[];
  /** Files that do not look like photos. */
  readonly ignored: IgnoredFiles;
}

/** How many of `labels` are of each of `classes` classes. */
export function countByClass(labels: Iterable<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Images that lie one after the other, data [count, height, width, 3], as a set. */
export function imageSet({
  data,
  ...rest
}: Omit<ImageSet, 'count' | 'image'> & { readonly data: Uint8Array }): ImageSet {
  const bytes = rest.height * rest.width * 3;
  return {
    ...rest,
    count: rest.labels.length,
    image: (index) => data.subarray(index * bytes, (index + 1) * bytes),
  };
}

const DEFAULT_MEMORY_BUDGET = 8 * 2 ** 30;

/**
 * Finds, splits and decodes the photos under `options.dir`. A class of one photo is trained on and not validated.
 * @throws DataError if the folder does not have the expected layout, the photos would take more than the memory budget, or a
 * class or the validation set has no readable photo.
 */
export async function loadDataset(
  files: FileSystem,
  source: ImageSource,
  options: DatasetOptions,
): Promise<Dataset> {
  return loadImages(source, await scanImageFolder(files, options.dir), options);
}

/**
 * Splits, where no photos are set aside, and decodes photos that are known already;
 * `options.dir` names them in messages.
 * @throws DataError if a class or the validation set has no readable photo.
 */
export async function loadImages(
  source: ImageSource,
  folder: ImageFolder,
  options: DatasetOptions,
): Promise<Dataset> {
  const { dir, transform, validTransform = transform, seed = 0, validFraction = 0.2, onProgress } = options;
  const { train, valid } = folder.valid
    ? { train: folder.train, valid: folder.valid }
    : stratifiedSplit(folder.train, { validFraction, seed });

  const total = train.length + valid.length;
  checkMemory(
    dir,
    [
      { count: train.length, transform },
      { count: valid.length, transform: validTransform },
    ],
    options.memoryBudget ?? DEFAULT_MEMORY_BUDGET,
  );
  let done = 0;
  const skipped: SkippedFile[] = [];
  const load = (images: readonly LabelledPath[], transform: Transform) =>
    loadSet(source, images, transform, (failure) => {
      if (failure) skipped.push(failure);
      onProgress?.(++done, total);
    });
  const sets = { train: await load(train, transform), valid: await load(valid, validTransform) };
  checkReadable(dir, folder.classes, sets, skipped);
  return { classes: folder.classes, ...sets, skipped, ignored: folder.ignored };
}

async function loadSet(
  source: ImageSource,
  images: readonly LabelledPath[],
  transform: Transform,
  onFile: (failure?: SkippedFile) => void,
): Promise<ImageSet> {
  const { width, height } = transformedSize(transform);
  const store = new ImageStore(width * height * 3, images.length);
  const labels = new Int32Array(images.length);
  const paths: string[] = [];
  let index = 0;
  for await (const result of source.decode(
    images.map(({ path }) => path),
    transform,
  )) {
    const label = images[index++]?.label ?? 0;
    if (result.ok) {
      labels[store.count] = label;
      store.push(result.image.data);
      paths.push(result.path);
      onFile();
    } else {
      onFile({ path: result.path, reason: result.reason });
    }
  }
  const { count } = store;
  return { count, height, width, labels: labels.subarray(0, count), paths, image: (i) => store.image(i) };
}

function checkMemory(
  dir: string,
  sets: readonly { readonly count: number; readonly transform: Transform }[],
  budget: number,
): void {
  const sized = sets.map(({ count, transform }) => ({ count, ...transformedSize(transform) }));
  const bytes = sized.reduce((sum, { count, width, height }) => sum + count * width * height * 3, 0);
  if (bytes <= budget) return;
  const photos = sized.map(({ count, width, height }) => `${count} at ${width} × ${height}`).join(' and ');
  const percent = Math.floor(100 * Math.sqrt(budget / bytes));
  throw new DataError(
    `The photos in ${dir} would take ${gibibytes(bytes)} of memory (${photos} pixels), and the limit is ` +
      `${gibibytes(budget)}: use a smaller image size (${percent} % of this one fits) or fewer photos.`,
  );
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function checkReadable(
  dir: string,
  classes: readonly string[],
  { train, valid }: { readonly train: ImageSet; readonly valid: ImageSet },
  skipped: readonly SkippedFile[],
): void {
  const trained = new Set(train.labels);
  const lost = classes.filter((_, label) => !trained.has(label));
  if (lost.length === 0 && valid.count > 0) return;
  const what =
    train.count + valid.count === 0
      ? `None of the ${skipped.length} photos in ${dir} can be read`
      : lost.length > 0
        ? `No readable photo is left to train on for ${lost.map((name) => `"${name}"`).join(', ')} in ${dir}`
        : `No readable photo is left for validation in ${dir}`;
  const shown = skipped.slice(0, 5).map(({ path, reason }) => `\n  ${path} ${reason}`);
  const more = skipped.length > shown.length ? `\n  and ${skipped.length - shown.length} more` : '';
  throw new DataError(`${what}; replace these files:${shown.join('')}${more}`);
}
