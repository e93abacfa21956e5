/**
 * The photos of a run: found first, so that wrong folders and settings show at once, and read once everything else is known to be
 * right.
 */
import {
  animalOrFood,
  countByClass,
  loadImages,
  scanImageFolder,
  stratifiedSplit,
  typicalSide,
  WHITE,
  type Colour,
  type Dataset,
  type DecoderName,
  type ImageFolder,
} from '../data/index.ts';
import { printable } from '../format.ts';
import { canTellApart, transformsFor, type DataFacts, type TrainConfig } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';

/** Photos that were found, and those of them that are for validation. */
export interface FoundPhotos {
  /** Names them in messages. */
  readonly dir: string;
  /** The folder that they are all in. */
  readonly root: string;
  /** What reads them. */
  readonly decoder: DecoderName;
  /** The colour behind transparent pixels; undefined for whatever colour is stored there. */
  readonly background?: Colour;
  readonly folder: ImageFolder & { readonly valid: NonNullable<ImageFolder['valid']> };
}

/** The settings that say which photo is of which class, and which are for validation. */
export type DivisionSettings = Pick<TrainConfig, 'validFraction' | 'seed' | 'labels' | 'labelsFromNames'>;

/**
 * Finds the photos in `dir`, or for null the drawings of animals and food that come with graft, and sets some aside for
 * validation if none are set aside. They are those that `decoder` looks at, and the first decoder reads them where that one is not to
 * be had. Throws `DataError` for a folder that cannot be trained on.
 */
export async function findPhotos(
  host: Pick<RunHost, 'files' | 'drawings' | 'decoders'>,
  dir: string | null,
  { validFraction, seed, labels, labelsFromNames }: DivisionSettings,
  decoder: DecoderName = host.decoders[0],
): Promise<FoundPhotos> {
  const reader = host.decoders.includes(decoder) ? decoder : host.decoders[0];
  if (dir === null) return { ...(await drawings(host)), decoder: reader };
  const folder = await scanImageFolder(host.files, dir, { decoder, labels, labelsFromNames });
  const split = folder.valid
    ? { train: folder.train, valid: folder.valid }
    : stratifiedSplit(folder.train, { validFraction, seed });
  return { dir, root: dir, decoder: reader, folder: { ...folder, ...split } };
}

/** Trained in one style, validated in another, so that no drawing is in both. */
async function drawings(host: Pick<RunHost, 'drawings'>): Promise<Omit<FoundPhotos, 'decoder'>> {
  const { root, ...sets } = await host.drawings();
  const { valid = [], ...folder } = animalOrFood(sets);
  return { dir: 'drawings that come with graft', root, background: WHITE, folder: { ...folder, valid } };
}

/** What the choice of a strategy depends on. */
export async function factsOf(
  { files }: Pick<RunHost, 'files'>,
  { folder: { classes, train } }: FoundPhotos,
): Promise<DataFacts> {
  const labels = train.map(({ label }) => label);
  const counts = countByClass(labels, classes.length);
  return { images: train.length, classes: classes.length, counts, side: await typicalSide(files, train) };
}

/** Throws `RunError` if there are more classes than the loss can separate. */
export function checkClasses({ length: classes }: readonly string[], loss: TrainConfig['loss']): void {
  if (canTellApart(loss, classes)) return;
  throw new RunError(`The loss ${loss} is for two classes, and there are ${classes}.`, {
    kind: 'two-classes-only',
    classes,
  });
}

/** How these photos become the network's input, in training and in validation. */
export function transformsOf(
  { background }: FoundPhotos,
  { size, augment }: Pick<TrainConfig, 'size' | 'augment'>,
): ReturnType<typeof transformsFor> {
  const { train, valid } = transformsFor(size, augment);
  return background ? { train: { ...train, background }, valid: { ...valid, background } } : { train, valid };
}

/** Decodes the photos and reports progress. Throws `DataError`, or the signal's reason if it is aborted. */
export async function readPhotos(
  host: Pick<RunHost, 'decoder'>,
  photos: FoundPhotos,
  config: Pick<TrainConfig, 'size' | 'augment'>,
  { tell, signal }: RunControls,
): Promise<Dataset> {
  const { dir, folder } = photos;
  const transforms = transformsOf(photos, config);
  const decoder = host.decoder(folder.train.length + folder.valid.length, photos.decoder);
  try {
    return await loadImages(decoder, folder, {
      dir: printable(dir),
      transform: transforms.train,
      validTransform: transforms.valid,
      onProgress(done, total) {
        signal.throwIfAborted();
        tell({ kind: 'reading', done, total });
      },
    });
  } finally {
    await decoder.close();
  }
}
