// A folder of photos as two sets of equally large images, decoded once: 600 photos of 128 × 128 pixels are 29 MB as bytes, and
// every later epoch starts without touching a file. They lie in host memory as far as that may hold them; see overflow.ts for the rest.

import { DataError } from './errors.ts';
import type { FileSystem } from './files.ts';
import type { ImageFolder, LabelledPath } from './folder.ts';
import type { IgnoredFiles } from './ignored.ts';
import { ImageStore } from './image-store.ts';
import type { Overflow, OverflowSet, Release } from './overflow.ts';
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
  /** The most bytes of host memory that the decoded photos may take. Default: as many as there are. */
  readonly memoryBudget?: number | undefined;
  /** Opens what keeps the photos that exceed it; asked for once, and only if there are any. */
  readonly overflow?: (() => Promise<Overflow>) | undefined;
  /** Called after each decoded or skipped file. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Receives each decoded photo, in the order of its set, and is awaited; its pixels must stay as they are. */
  readonly onPhoto?: ((photo: DecodedPhoto) => void | Promise<void>) | undefined;
}

/** A photo as it comes out of the decoder. */
export interface DecodedPhoto {
  readonly part: 'train' | 'valid';
  readonly path: string;
  readonly label: number;
  readonly data: Uint8Array;
}

/** Equally large images with their labels. */
export interface ImageSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** RGB bytes of image `index` [height, width, 3], not copied; throws `RangeError` if there is none, or it is not held. */
  image(index: number): Uint8Array;
  /**
   * Brings images to hand that memory does not keep, until they are let go: only then may `image` be asked for them. There is no such
   * method where memory keeps all. Throws `DataError` if a photo has changed.
   */
  readonly hold?: ((indices: ArrayLike<number>) => Promise<Release>) | undefined;
  /** Index into the data set's classes, [count]. */
  readonly labels: Int32Array;
  readonly paths: readonly string[];
}

export interface SkippedFile {
  readonly path: string;
  /** Reads well after the path: "is truncated: …". */
  readonly reason: string;
}

/** How many photos are in memory, how many in a scratch file, and how many in neither. */
export interface KeptPhotos {
  readonly inMemory: number;
  readonly onDisk: number;
  readonly nowhere: number;
}

/** Photos of known classes in two sets: those to train on, and those to judge by. */
export interface Dataset {
  readonly classes: readonly string[];
  readonly train: ImageSet;
  readonly valid: ImageSet;
  /** Where photos lie that memory does not hold; undefined where it holds all. */
  readonly kept?: KeptPhotos | undefined;
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

/**
 * Images that lie one after the other, data [count, height, width, 3], as a set.
 *
 * ```ts
 * const [red, blue] = [[255, 0, 0], [0, 0, 255]];
 * const photos = imageSet({ width: 1, height: 1, data: Uint8Array.of(...red!, ...blue!), labels: Int32Array.of(0, 1), paths: [] });
 * photos.count; // → 2
 * photos.image(1); // → Uint8Array.of(0, 0, 255)
 * ```
 */
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

/**
 * Finds, splits and decodes the photos under `options.dir`. A class of one photo is trained on and not validated.
 * @throws DataError if the folder does not have the expected layout, or a class or the validation set has no readable photo.
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
  const { dir, transform, validTransform = transform, seed = 0, validFraction = 0.2 } = options;
  const { train, valid } = folder.valid
    ? { train: folder.train, valid: folder.valid }
    : stratifiedSplit(folder.train, { validFraction, seed });
  const loading = new Loading(source, train.length + valid.length, options);
  const sets = {
    train: await loading.set('train', train, transform),
    valid: await loading.set('valid', valid, validTransform),
  };
  const { skipped, kept } = loading;
  checkReadable(dir, folder.classes, sets, skipped);
  return { classes: folder.classes, ...sets, skipped, kept, ignored: folder.ignored };
}

/** Photos on their way from files to sets, which share a budget of memory. */
class Loading {
  readonly skipped: SkippedFile[] = [];
  private done = 0;
  private memoryLeft: number;
  private overflow: Promise<Overflow> | undefined;
  private readonly beyond: OverflowSet[] = [];
  private inMemory = 0;

  constructor(
    private readonly source: ImageSource,
    private readonly total: number,
    private readonly options: Pick<DatasetOptions, 'memoryBudget' | 'overflow' | 'onProgress' | 'onPhoto'>,
  ) {
    this.memoryLeft = options.memoryBudget ?? Infinity;
  }

  get kept(): KeptPhotos | undefined {
    if (this.beyond.length === 0) return undefined;
    const [all, onDisk] = this.beyond.reduce(([a, d], one) => [a + one.count, d + one.stored], [0, 0]);
    return { inMemory: this.inMemory, onDisk, nowhere: all - onDisk };
  }

  async set(
    part: DecodedPhoto['part'],
    photos: readonly LabelledPath[],
    transform: Transform,
  ): Promise<ImageSet> {
    const { onPhoto, onProgress } = this.options;
    const { width, height } = transformedSize(transform);
    const bytes = width * height * 3;
    const fits = this.options.overflow ? Math.floor(this.memoryLeft / bytes) : Infinity;
    const store = new ImageStore(bytes, Math.min(photos.length, fits));
    let rest: OverflowSet | undefined;
    const labels = new Int32Array(photos.length);
    const paths: string[] = [];
    let index = 0;
    for await (const result of this.source.decode(
      photos.map(({ path }) => path),
      transform,
    )) {
      const label = photos[index++]?.label ?? 0;
      if (result.ok) {
        const { path, image } = result;
        labels[paths.length] = label;
        paths.push(path);
        await onPhoto?.({ part, path, label, data: image.data });
        if (store.isFull) await (rest ??= await this.overflowing(bytes, transform)).push(path, image.data);
        else store.push(image.data);
      } else this.skipped.push({ path: result.path, reason: result.reason });
      onProgress?.(++this.done, this.total);
    }
    this.inMemory += store.count;
    this.memoryLeft -= store.count * bytes;
    return { height, width, paths, labels: labels.subarray(0, paths.length), ...imagesOf(store, rest) };
  }

  private async overflowing(bytes: number, transform: Transform): Promise<OverflowSet> {
    this.overflow ??= this.options.overflow?.();
    if (!this.overflow) throw new RangeError('There is nothing to keep these photos in.');
    const set = (await this.overflow).set(bytes, transform);
    this.beyond.push(set);
    return set;
  }
}

/** The images of a store, and after them those that did not fit into it. */
function imagesOf(
  store: ImageStore,
  rest: OverflowSet | undefined,
): Pick<ImageSet, 'count' | 'image' | 'hold'> {
  const { count } = store;
  if (!rest) return { count, image: (index) => store.image(index) };
  const all = count + rest.count;
  return {
    count: all,
    image: (index) => (index >= count && index < all ? rest.image(index - count) : store.image(index)),
    hold: (indices) =>
      rest.hold(Array.from(indices).flatMap((index) => (index >= count ? [index - count] : []))),
  };
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
        ? `No readable photo is left to train on for ${lost.map((name) => `"${name}"`).join(', ')} in ${dir}`
        : `No readable photo is left for validation in ${dir}`;
  const shown = skipped.slice(0, 5).map(({ path, reason }) => `\n  ${path} ${reason}`);
  const more = skipped.length > shown.length ? `\n  and ${skipped.length - shown.length} more` : '';
  throw new DataError(`${what}; replace these files:${shown.join('')}${more}`);
}
