/** What a model sees on photos: files as they are named, and all photos of folders. */
import { findImages, photoEndings } from '../data/index.ts';
import { count, printable } from '../format.ts';
import { familiarityOf, topK, type Familiarity, type KnownPhotos } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { Explanation } from './explain.ts';
import type { RunHost } from './host.ts';
import {
  classifyPhotos,
  createClassifier,
  type ClassifiedPhoto,
  type Classifier,
} from './model/classifier.ts';
import { explainAll } from './model/explanations.ts';
import { readModelFile } from './model/model-file.ts';
import { readFamiliar } from './store/familiar.ts';

export interface PredictRequest {
  /** A run, a model's file or plain ImageNet weights. */
  readonly model: string;
  /** Files, and folders to search. */
  readonly photos: readonly string[];
  /** How many classes to name; by default 1, and 5 of ImageNet's thousand. */
  readonly top?: number | undefined;
  /** Stores the network in 16-bit floats. */
  readonly half?: boolean | undefined;
  /** Tells where the network looked for each photo's likeliest class, at twice the work. */
  readonly explain?: boolean | undefined;
}

/** A class and how likely it is, 0 … 1. */
export interface RankedClass {
  readonly class: string;
  /** The class's number: the index of its logit. */
  readonly index: number;
  readonly probability: number;
}

/** The most likely classes of a photo, or why it could not be read ("is truncated: …", to be read after the path). */
export type Prediction =
  | (PhotoPrediction & { readonly path: string; readonly reason?: undefined })
  | {
      readonly path: string;
      readonly ranked: readonly [];
      readonly shares?: undefined;
      readonly looked?: undefined;
      readonly familiarity?: undefined;
      readonly reason: string;
    };

/** What a model says of a photo. */
export interface PhotoPrediction {
  /** The likeliest first. */
  readonly ranked: readonly RankedClass[];
  /** The probability of every class, by its number. */
  readonly shares: readonly number[];
  /** What spoke for the first, where it was asked for. */
  readonly looked?: Explanation | undefined;
  /** How like the photo is to those that the model learned from; undefined where the model is no run's that kept them. */
  readonly familiarity?: Familiarity | undefined;
}

/** Predicts photo by photo, in their order. Throws as reading models does, and `RunError` for a folder without photos. */
export async function* predict(
  host: RunHost,
  { model, photos, top, half, explain }: PredictRequest,
  tell: RunControls['tell'] = () => undefined,
): AsyncGenerator<Prediction> {
  const paths = await expandFolders(host, photos);
  const opened = await openModel(host, model, { half });
  const { classifier, source } = opened;
  try {
    const { notes } = classifier;
    if (notes.length > 0) tell({ kind: 'weights', source, notes });
    tell({ kind: 'model', source, classes: classifier.classes });
    for await (const answer of classifyPhotos(host, classifier, paths, {
      explain: explain ? explainAll : undefined,
    })) {
      const { path } = answer;
      if (answer.shares === undefined) yield { path, ranked: [], reason: answer.reason };
      else yield { path, ...predictionOf(opened, answer, top) };
    }
  } finally {
    classifier.model.dispose();
  }
}

/** A model to ask, and what it knows of the photos that it learned from. */
export interface OpenModel {
  readonly source: string;
  readonly classifier: Classifier;
  readonly known: KnownPhotos | undefined;
}

/** Opens the model of a run or of a file; whoever opens it disposes of its network. Throws as reading models does. */
export async function openModel(
  host: RunHost,
  model: string,
  options: { readonly half?: boolean | undefined } = {},
): Promise<OpenModel> {
  const file = await readModelFile(host, model);
  const { gpu } = await host.openGpu();
  const classifier = await createClassifier(gpu, file, options);
  const { bestOf, metadata, source } = file;
  try {
    const known = bestOf && (await readFamiliar(bestOf, metadata['epoch'], classifier.model.featureCount));
    return { source, classifier, known };
  } catch (error) {
    classifier.model.dispose();
    throw error;
  }
}

/** What a model's answer means: by default the likeliest class, and the first 5 of a network's as others published it. */
export function predictionOf(
  { classifier, known }: OpenModel,
  { shares, features, looked }: ClassifiedPhoto,
  top?: number,
): PhotoPrediction {
  const ranked = rankedClasses(classifier, shares, top);
  return { ranked, shares, looked, familiarity: known && familiarityOf(known, features) };
}

/** The `top` likeliest classes, the likeliest first. */
export function rankedClasses(
  { classes, trained }: Pick<Classifier, 'classes' | 'trained'>,
  shares: readonly number[],
  top = trained ? 1 : 5,
): readonly RankedClass[] {
  return topK(shares, top).map((index) => ({
    ...{ class: classes[index] ?? String(index), index },
    probability: shares[index] ?? NaN,
  }));
}

/** Files as given, and in place of each folder the photos in it. */
async function expandFolders(
  { files, decoders: [decoder] }: Pick<RunHost, 'files' | 'decoders'>,
  given: readonly string[],
): Promise<string[]> {
  const paths: string[] = [];
  for (const path of given) {
    if ((await files.kind(path)) !== 'directory') {
      paths.push(path);
      continue;
    }
    const found = (await findImages(files, path, decoder)).paths;
    if (found.length === 0)
      throw new RunError(`There are no photos (${photoEndings(decoder).join(', ')}) in ${printable(path)}.`, {
        kind: 'no-photos',
        path,
      });
    for (const photo of found) paths.push(photo); // too many for a spread
  }
  return paths;
}

/** What to say of a photo that is unlike all that the model learned from; undefined of others, and where nobody knows. */
export function unlikeText(familiarity: Familiarity | undefined): string | undefined {
  if (!familiarity?.unlike) return undefined;
  const { fartherThan, of } = familiarity;
  const photos = fartherThan === of ? `all ${count(of)}` : `${count(fartherThan)} of ${count(of)}`;
  return `unlike anything it was trained on: farther from it than ${photos} photos set aside`;
}
