/**
 * A model with everything needed to use it on photos; photos go through it one batch after another, and however many there are,
 * only a few are in memory.
 */
import {
  transformedSize,
  type DecodedImage,
  type DecodeResult,
  type DecoderName,
  type Transform,
} from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { hasHalf } from '../../kernels/dtype.ts';
import type { Network } from '../../nn/index.ts';
import { answer, loadNetwork, temper, topK, type LossName, type ModelCard } from '../../train/index.ts';
import { RunError } from '../errors.ts';
import type { Explanation } from '../explain.ts';
import type { RunHost } from '../host.ts';
import { following } from './preparation.ts';
import type { NamedWeights } from './weights-file.ts';

export interface Classifier {
  readonly model: Network;
  /** Names by index. */
  readonly classes: readonly string[];
  /** How a photo becomes the network's input. */
  readonly transform: Transform;
  readonly loss: LossName;
  /** By what its logits are divided; 1 where nobody knows better. */
  readonly temperature: number;
  /** Whether graft trained it; otherwise it is a network as others published it. */
  readonly trained: boolean;
  /** What was taken of the file and what was read otherwise than it says, in clauses for people. */
  readonly notes: readonly string[];
}

/** How torchvision's weights were tested. */
const IMAGENET_TRANSFORM = { kind: 'resize-short-crop', resize: 256, crop: 224 } as const;
const BATCH = 16;

export interface ClassifierOptions {
  /** Stores the network in f16. */
  readonly half?: boolean | undefined;
  /** Calls classes that have no names by their numbers. */
  readonly numbered?: boolean | undefined;
}

/**
 * The model of a file that graft wrote or of plain ImageNet weights. Throws `RunError` if its classes have no names, unless they are to
 * be `numbered`, or if the adapter has no f16 and it is to be stored so.
 */
export async function createClassifier(
  gpu: Gpu,
  file: NamedWeights,
  { half = false, numbered = false }: ClassifierOptions = {},
): Promise<Classifier> {
  if (half && !hasHalf(gpu))
    throw new RunError("This adapter has no 16-bit floats (WebGPU's shader-f16).", { kind: 'no-half' });
  const { model, card, notes } = await loadNetwork(gpu, file, file.source);
  const classes =
    card?.classes ?? (numbered ? await classNames(model.classes) : await namesFor(model.classes));
  if (!classes) {
    const outputs = model.classes;
    model.dispose();
    throw new RunError(
      `${file.source} has ${outputs} classes and does not name them: only plain ImageNet weights (1000 classes) and models that graft wrote can predict.`,
      { kind: 'nameless-classes', source: file.source },
    );
  }
  const { transform, notes: foreign } = transformOf(file, card);
  if (half) {
    for (const parameter of model.parameters()) parameter.requiresGrad = false;
    model.half();
  }
  return {
    model,
    classes,
    transform,
    loss: card?.loss ?? 'cross-entropy',
    temperature: file.temperature ?? 1,
    trained: card !== undefined,
    notes: [...notes, ...foreign],
  };
}

/** How a file's network is shown photos, by its card or as its authors did, and what of that cannot be followed. */
export function transformOf(
  { preparation = {} }: Pick<NamedWeights, 'preparation'>,
  card: Pick<ModelCard, 'transform'> | undefined,
): { readonly transform: Transform; readonly notes: readonly string[] } {
  return card ? { transform: card.transform, notes: [] } : following(preparation, IMAGENET_TRANSFORM);
}

/** Names for a head that came without, by their numbers where nothing tells them: `class 0`. */
export const classNames = async (outputs: number): Promise<readonly string[]> =>
  (await namesFor(outputs)) ?? Array.from({ length: outputs }, (_, i) => `class ${i}`);

/** ImageNet's, if it has as many outputs. */
async function namesFor(outputs: number): Promise<readonly string[] | undefined> {
  const { imagenetClasses } = await import('./imagenet.ts');
  return outputs === imagenetClasses.length ? imagenetClasses : undefined;
}

/**
 * The probability of each class for a photo, or why it could not be read ("is truncated: …", to be read after the path).
 */
export type Classified =
  | (ClassifiedPhoto & { readonly path: string; readonly reason?: undefined })
  | { readonly path: string; readonly shares?: undefined; readonly reason: string };

export interface ClassifiedPhoto {
  readonly shares: readonly number[];
  /** [featureCount] */
  readonly features: Float32Array;
  /** What spoke for the likeliest class, where it was asked for. */
  readonly looked?: Explanation | undefined;
}

/** What spoke for each image's class of that index; the images are as the classifier's transform makes them. */
export type Explain = (
  classifier: Classifier,
  images: readonly DecodedImage[],
  indices: readonly number[],
) => Promise<Explanation[]>;

export interface ClassifyOptions {
  /** Tells where the network looked, at twice the work: `explainAll` of explanations.ts, which brings all along that gradients need. */
  readonly explain?: Explain | undefined;
  /** The decoder that reads the photos; by default the first that is to be had. */
  readonly by?: DecoderName | undefined;
}

/** Runs the photos at `paths` through the model; one result each, in their order. */
export async function* classifyPhotos(
  host: Pick<RunHost, 'decoder'>,
  classifier: Classifier,
  paths: readonly string[],
  options: ClassifyOptions = {},
): AsyncGenerator<Classified> {
  const decoder = host.decoder(paths.length, options.by);
  try {
    let batch: DecodeResult[] = [];
    for await (const result of decoder.decode(paths, classifier.transform)) {
      batch.push(result);
      if (batch.length < BATCH) continue;
      yield* await classifyBatch(classifier, batch, options);
      batch = [];
    }
    yield* await classifyBatch(classifier, batch, options);
  } finally {
    await decoder.close();
  }
}

async function classifyBatch(
  classifier: Classifier,
  batch: readonly DecodeResult[],
  options: ClassifyOptions,
): Promise<Classified[]> {
  const images = batch.flatMap((result) => (result.ok ? [result.image] : []));
  const answers = await classifyImages(classifier, images, options);
  let next = 0;
  return batch.map((result) => {
    if (!result.ok) return result;
    const { shares = [], features = new Float32Array(), looked } = answers[next++] ?? {};
    return { path: result.path, shares, features, looked };
  });
}

/** Runs images through the model at once, all made by its transform; one result each, in their order. */
export async function classifyImages(
  classifier: Classifier,
  images: readonly DecodedImage[],
  { explain }: Pick<ClassifyOptions, 'explain'> = {},
): Promise<ClassifiedPhoto[]> {
  if (images.length === 0) return [];
  const { model, transform, loss, temperature } = classifier;
  const { width, height } = transformedSize(transform);
  const bytes = width * height * 3;
  const data = new Uint8Array(images.length * bytes);
  images.forEach((image, i) => data.set(image.data, i * bytes));
  const answers = await answer(model, { width, height, data }, images.length, loss);
  const likeliest = answers.map(({ shares }) => topK(shares, 1)[0] ?? 0);
  const looked = (await explain?.(classifier, images, likeliest)) ?? [];
  return answers.map(({ shares, features }, i) => ({
    ...{ shares: temper(shares, temperature), features, looked: looked[i] },
  }));
}
