// A folder of photos as two sets of equally large images in host memory, decoded once: 600 photos of 128 × 128 pixels are
// 29 MB as bytes, and every later epoch starts without touching a file.

import { DataError } from './errors.ts';
import type { FileSystem } from './files.ts';
import { type ImageFolder, type LabelledPath, scanImageFolder } from './folder.ts';
import { type Transform, transformedSize } from './resize.ts';
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
  /** Called after each decoded or skipped file. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Equally large images with their labels. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** RGB bytes, [count, height, width, 3]. */
  readonly data: Uint8Array;
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
  /** Number of files that do not look like photos. */
  readonly ignored: number;
}

/**
 * Finds, splits and decodes the photos under `options.dir`.
 * @throws DataError if the folder has not the expected layout, or a class or the validation set has no readable photo.
 */
export async function loadDataset(
  files: FileSystem,
  source: ImageSource,
  options: DatasetOptions,
): Promise<Dataset> {
  return loadImages(source, await scanImageFolder(files, options.dir), options);
}

/**
 * Splits, where no photos are set aside, and decodes photos that are known already; `options.dir` names them in messages.
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
  checkHostMemory(dir, train.length, transform);
  checkHostMemory(dir, valid.length, validTransform);
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
  const size = width * height * 3;
  const data = new Uint8Array(images.length * size);
  const labels = new Int32Array(images.length);
  const paths: string[] = [];
  let index = 0;
  for await (const result of source.decode(
    images.map(({ path }) => path),
    transform,
  )) {
    const label = images[index++]?.label ?? 0;
    if (result.ok) {
      data.set(result.image.data, paths.length * size);
      labels[paths.length] = label;
      paths.push(result.path);
      onFile();
    } else {
      onFile({ path: result.path, reason: result.reason });
    }
  }
  const count = paths.length;
  return {
    count,
    height,
    width,
    data: data.subarray(0, count * size),
    labels: labels.subarray(0, count),
    paths,
  };
}

/** Typed arrays end at 4 GiB in some browsers and versions of Node. */
const MAX_SET_BYTES = 2 ** 32 - 1;

function checkHostMemory(dir: string, count: number, transform: Transform): void {
  const { width, height } = transformedSize(transform);
  const bytes = count * width * height * 3;
  if (bytes <= MAX_SET_BYTES) return;
  throw new DataError(
    `The ${count} photos in ${dir} take ${(bytes / 2 ** 30).toFixed(1)} GiB at ${width} × ${height} pixels; ` +
      'the limit is 4 GiB: use a smaller image size or fewer photos.',
  );
}

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
        ? `No readable photo is left to train ${lost.map((name) => `"${name}"`).join(', ')} in ${dir}`
        : `No readable photo is left for validation in ${dir}`;
  const shown = skipped.slice(0, 5).map(({ path, reason }) => `\n  ${path} ${reason}`);
  const more = skipped.length > shown.length ? `\n  and ${skipped.length - shown.length} more` : '';
  throw new DataError(`${what}; replace these files:${shown.join('')}${more}`);
}
