/** What a model sees on photos: files as they are named, and all photos of folders. */
import { findImages, type FileSystem } from '../data/index.ts';
import { printable } from '../format.ts';
import { topK } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunHost } from './host.ts';
import { classifyPhotos, createClassifier } from './model/classifier.ts';
import { readModelFile } from './model/model-file.ts';

export interface PredictRequest {
  /** A run, a model's file or plain ImageNet weights. */
  readonly model: string;
  /** Files, and folders to search. */
  readonly photos: readonly string[];
  /** How many classes to name; by default 1, and 5 of ImageNet's thousand. */
  readonly top?: number | undefined;
  /** Stores the network in 16-bit floats. */
  readonly half?: boolean | undefined;
}

export interface RankedClass {
  readonly class: string;
  readonly probability: number;
}

/** The most likely classes of a photo, or why it could not be read ("is truncated: …", to be read after the path). */
export type Prediction =
  | { readonly path: string; readonly ranked: readonly RankedClass[]; readonly reason?: undefined }
  | { readonly path: string; readonly ranked: readonly []; readonly reason: string };

/** Predicts photo by photo, in their order. Throws as reading models does, and `RunError` for a folder without photos. */
export async function* predict(
  host: RunHost,
  { model, photos, top, half }: PredictRequest,
): AsyncGenerator<Prediction> {
  const paths = await expandFolders(host.files, photos);
  const file = await readModelFile(host, model);
  const { gpu } = await host.openGpu();
  const classifier = await createClassifier(gpu, file, { half });
  const shown = top ?? (classifier.trained ? 1 : 5);
  const nameOf = (index: number) => classifier.classes[index] ?? String(index);
  try {
    for await (const { path, shares, reason } of classifyPhotos(host, classifier, paths)) {
      if (shares === undefined) yield { path, ranked: [], reason };
      else {
        const ranked = topK(shares, shown);
        yield { path, ranked: ranked.map((i) => ({ class: nameOf(i), probability: shares[i] ?? NaN })) };
      }
    }
  } finally {
    classifier.model.dispose();
  }
}

/** Files as given, and in place of each folder the photos in it. */
async function expandFolders(files: FileSystem, given: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const path of given) {
    if ((await files.kind(path)) !== 'directory') {
      paths.push(path);
      continue;
    }
    const found = (await findImages(files, path)).paths;
    if (found.length === 0)
      throw new RunError(`There are no photos (.jpg, .jpeg, .png) in ${printable(path)}.`, {
        kind: 'no-photos',
        path,
      });
    for (const photo of found) paths.push(photo); // too many for a spread
  }
  return paths;
}

/** A prediction as a line of JSON for other programs: its best class, and all of `top`; or the error. */
export const predictionJson = ({ path, ranked, reason }: Prediction): string =>
  JSON.stringify(reason ? { path, error: reason } : { path, ...ranked[0], top: ranked });

export const predictionCsvHeader = 'path,rank,class,probability';

/** A prediction as lines of CSV, one per class; empty for a photo that could not be read. */
export const predictionCsv = ({ path, ranked }: Prediction): string =>
  ranked
    .map((one, i) => [path, String(i + 1), one.class, String(one.probability)].map(csvField).join(','))
    .join('\n');

/** A field as in RFC 4180: in quotes if it holds a comma, a quote or a line end. */
const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
