// The photos of a run: found first, so that wrong folders and options show at once, and read once
// all else is known to be right.
import { resolve } from 'node:path';
import {
  animalOrFood,
  loadImages,
  scanImageFolder,
  stratifiedSplit,
  WHITE,
  type Colour,
  type Dataset,
  type ImageFolder,
} from '../../data/index.ts';
import { createDecodePool } from '../../platform/node/decode-pool.ts';
import { openEmojiSet } from '../../platform/node/emoji.ts';
import { nodeFiles } from '../../platform/node/files.ts';
import { transformsFor, type DataFacts, type TrainConfig } from '../../train/index.ts';
import { UsageError } from '../command.ts';
import { printable } from '../../format.ts';
import { CountDisplay } from '../terminal/progress.ts';

/** Photos that were found, and those of them that are for validation. */
export interface FoundPhotos {
  /** Names them in messages. */
  readonly dir: string;
  /** The folder that they are all in. */
  readonly root: string;
  /** What shows through where they are transparent; undefined for whatever colour is stored there. */
  readonly background?: Colour;
  readonly folder: ImageFolder & { readonly valid: NonNullable<ImageFolder['valid']> };
}

/**
 * Finds the photos in `dir`, or for null the drawings of animals and food that come with graft, and sets some aside for
 * validation where none are. Throws `DataError` for a folder that cannot be trained on.
 */
export async function findPhotos(
  dir: string | null,
  { validFraction, seed }: Pick<TrainConfig, 'validFraction' | 'seed'>,
): Promise<FoundPhotos> {
  if (dir === null) return drawings();
  const folder = await scanImageFolder(nodeFiles, dir);
  const split = folder.valid
    ? { train: folder.train, valid: folder.valid }
    : stratifiedSplit(folder.train, { validFraction, seed });
  return { dir, root: dir, folder: { ...folder, ...split } };
}

/** From a set's pictures, such as emoji-datasource-google/img/google/64, to where all packages lie. */
const PACKAGES = '../../../..';

/** Trained in one style, validated in another, so that no drawing is in both. */
async function drawings(): Promise<FoundPhotos> {
  const [train, valid] = [await openEmojiSet('google'), await openEmojiSet('twitter')];
  const { valid: drawn = [], ...folder } = animalOrFood({ train, valid });
  return {
    dir: 'drawings that come with graft',
    root: resolve(train.dir, PACKAGES),
    background: WHITE,
    folder: { ...folder, valid: drawn },
  };
}

/** What the choice of a strategy goes by. */
export function factsOf({ folder: { classes, train } }: FoundPhotos): DataFacts {
  const counts = classes.map(() => 0);
  for (const { label } of train) counts[label] = (counts[label] ?? 0) + 1;
  return { images: train.length, classes: classes.length, counts };
}

/** Throws `UsageError` where a loss for two classes meets more. */
export function checkClasses(classes: readonly string[], loss: TrainConfig['loss']): void {
  if (loss !== 'bce' || classes.length === 2) return;
  throw new UsageError(
    `--loss bce tells two classes apart, and there are ${classes.length}: use --loss cross-entropy.`,
  );
}

/** How these photos become the network's input, in training and in validation. */
export function transformsOf(
  { background }: FoundPhotos,
  { size, augment }: Pick<TrainConfig, 'size' | 'augment'>,
): ReturnType<typeof transformsFor> {
  const { train, valid } = transformsFor(size, augment);
  return background ? { train: { ...train, background }, valid: { ...valid, background } } : { train, valid };
}

/** Decodes the photos on all cores, with a count. Throws `DataError`, or the signal's reason where that is aborted. */
export async function readPhotos(
  photos: FoundPhotos,
  config: Pick<TrainConfig, 'size' | 'augment'>,
  signal: AbortSignal,
): Promise<Dataset> {
  const { dir, folder } = photos;
  const transforms = transformsOf(photos, config);
  const pool = createDecodePool();
  const decoding = new CountDisplay('Reading photos');
  try {
    return await loadImages(pool, folder, {
      dir: printable(dir),
      transform: transforms.train,
      validTransform: transforms.valid,
      onProgress(done, total) {
        signal.throwIfAborted();
        decoding.update(done, total);
      },
    });
  } finally {
    decoding.clear();
    await pool.close();
  }
}
