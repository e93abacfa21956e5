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
  type DecodedPhoto,
  type DecoderName,
  type ImageFolder,
} from '../data/index.ts';
import { printable } from '../format.ts';
import { canTellApart, transformsFor, type DataFacts, type TrainConfig } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { BeyondMemory } from './beyond-memory.ts';
import type { RunHost } from './host.ts';
import { Fingerprinter, type DataFingerprint } from './store/fingerprint.ts';

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
  { size }: Partial<TrainConfig>,
): Promise<DataFacts> {
  const labels = train.map(({ label }) => label);
  const counts = countByClass(labels, classes.length);
  // Only the choice of a size depends on how large they are.
  const side = size === undefined ? await typicalSide(files, train) : undefined;
  return { images: train.length, classes: classes.length, counts, side };
}

/** Throws `RunError` if there are more classes than the loss can separate. */
export function checkClasses({ length: classes }: readonly string[], loss: TrainConfig['loss']): void {
  if (canTellApart(loss, classes)) return;
  throw new RunError(`The loss ${loss} is for two classes, and there are ${classes}.`, {
    kind: 'two-classes-only',
    classes,
  });
}

/** The settings that say how photos are shown to the network. */
export type ShownAs = Pick<TrainConfig, 'size' | 'augment' | 'shrinkFrom'>;

/** How these photos become the network's input, in training and in validation. */
export function transformsOf(
  { background }: Pick<FoundPhotos, 'background'>,
  { size, augment, shrinkFrom }: ShownAs,
): ReturnType<typeof transformsFor> {
  const { train, valid } = transformsFor(size, augment);
  const how = { ...(background && { background }), ...(shrinkFrom !== null && { shrinkFrom }) };
  return { train: { ...train, ...how }, valid: { ...valid, ...how } };
}

export interface ReadOptions {
  /** The most bytes of main memory that decoded photos may take. Default: a quarter of what there is. */
  readonly memoryBytes?: number | undefined;
  /** Takes each photo as it is decoded, where its pixels are then hardly needed: few are kept, and the others decoded again. */
  readonly stream?: PhotoStream | undefined;
}

export interface PhotoStream {
  /** Whether the photos are wanted again. */
  readonly needsPhotos: boolean;
  /** Takes the next photo; resolves when another may come. */
  take(photo: DecodedPhoto): Promise<void>;
}

/** Photos that were read, until `close`. */
export interface ReadPhotos extends Dataset {
  readonly fingerprint: DataFingerprint;
  /** Gives back what keeps those that exceed memory; they cannot be asked for afterwards. */
  close(): Promise<void>;
}

/** The share of main memory that photos may take, and the memory that there is where nobody tells: 8 GiB. */
const SHARE_OF_MEMORY = 1 / 4;
const MEMORY_BYTES = 8 * 2 ** 30;
/** Of photos whose features are kept, a report shows a few dozen: fewer bytes do. */
const STREAMED_BYTES = 256 * 2 ** 20;

/**
 * Decodes the photos and reports progress. What exceeds memory goes to a scratch file, or is decoded again when it is asked for. Throws
 * `DataError`, or the signal's reason if it is aborted.
 */
export async function readPhotos(
  host: Pick<RunHost, 'decoder' | 'memoryBytes' | 'openScratch' | 'sha256'>,
  photos: FoundPhotos,
  config: ShownAs,
  { tell, signal }: RunControls,
  { memoryBytes = SHARE_OF_MEMORY * (host.memoryBytes ?? MEMORY_BYTES), stream }: ReadOptions = {},
): Promise<ReadPhotos> {
  const { dir, folder, decoder: by, root } = photos;
  const { classes, train, valid } = folder;
  const transforms = transformsOf(photos, config);
  const decoder = host.decoder(train.length + valid.length, by);
  const print = new Fingerprinter({ classes, dir: root, decoder: by, sha256: () => host.sha256() });
  const isShortLived = stream !== undefined && !stream.needsPhotos;
  let beyond: BeyondMemory | undefined;
  try {
    const data = await loadImages(decoder, folder, {
      dir: printable(dir),
      transform: transforms.train,
      validTransform: transforms.valid,
      memoryBudget: isShortLived ? Math.min(memoryBytes, STREAMED_BYTES) : memoryBytes,
      async overflow() {
        const { openBeyondMemory } = await import('./beyond-memory.ts');
        beyond = await openBeyondMemory(host, by, !isShortLived);
        return beyond.overflow;
      },
      onPhoto(photo) {
        print.add(photo);
        return stream?.take(photo);
      },
      onProgress(done, total) {
        signal.throwIfAborted();
        tell({ kind: 'reading', done, total });
      },
    });
    return { ...data, fingerprint: print.of(data), close: async () => beyond?.close() };
  } catch (error) {
    await beyond?.close();
    throw error;
  } finally {
    await decoder.close();
  }
}
