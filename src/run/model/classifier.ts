/**
 * A model with everything needed to use it on photos; photos go through it one batch after another, and however many there are,
 * only a few are in memory.
 */
import { transformedSize, type DecodeResult, type Transform } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { hasHalf } from '../../kernels/dtype.ts';
import type { Network } from '../../nn/index.ts';
import { classify, loadNetwork, type LossName } from '../../train/index.ts';
import { RunError } from '../errors.ts';
import type { RunHost } from '../host.ts';
import type { NamedWeights } from './weights-file.ts';

export interface Classifier {
  readonly model: Network;
  /** Names by index. */
  readonly classes: readonly string[];
  /** How a photo becomes the network's input. */
  readonly transform: Transform;
  readonly loss: LossName;
  /** Whether graft trained it; otherwise it is a network as others published it. */
  readonly trained: boolean;
}

/** How torchvision's weights were tested. */
const IMAGENET_TRANSFORM: Transform = { kind: 'resize-short-crop', resize: 256, crop: 224 };
const BATCH = 16;

/**
 * The model of a file that graft wrote or of plain ImageNet weights, stored in f16 where `half`. Throws `RunError` if its
 * classes have no names or the adapter has no f16.
 */
export async function createClassifier(
  gpu: Gpu,
  file: NamedWeights,
  { half = false }: { readonly half?: boolean | undefined } = {},
): Promise<Classifier> {
  if (half && !hasHalf(gpu))
    throw new RunError("This adapter has no 16-bit floats (WebGPU's shader-f16).", { kind: 'no-half' });
  const { model, card } = loadNetwork(gpu, file, file.source);
  const classes = card?.classes ?? (await namesFor(model.classes));
  if (!classes) {
    const outputs = model.classes;
    model.dispose();
    throw new RunError(
      `${file.source} has ${outputs} classes and does not name them: only plain ImageNet weights (1000 classes) and models that graft wrote can predict.`,
      { kind: 'nameless-classes', source: file.source },
    );
  }
  if (half) {
    for (const parameter of model.parameters()) parameter.requiresGrad = false;
    model.half();
  }
  return {
    model,
    classes,
    transform: card?.transform ?? IMAGENET_TRANSFORM,
    loss: card?.loss ?? 'cross-entropy',
    trained: card !== undefined,
  };
}

/** Names for a head that came without: ImageNet's, if it has as many outputs. */
async function namesFor(outputs: number): Promise<readonly string[] | undefined> {
  const { imagenetClasses } = await import('./imagenet.ts');
  return outputs === imagenetClasses.length ? imagenetClasses : undefined;
}

/**
 * The probability of each class for a photo, or why it could not be read ("is truncated: …", to be read after the path).
 */
export type Classified =
  | { readonly path: string; readonly shares: readonly number[]; readonly reason?: undefined }
  | { readonly path: string; readonly shares?: undefined; readonly reason: string };

/** Runs the photos at `paths` through the model; one result each, in their order. */
export async function* classifyPhotos(
  host: Pick<RunHost, 'decoder'>,
  classifier: Classifier,
  paths: readonly string[],
): AsyncGenerator<Classified> {
  const decoder = host.decoder(paths.length);
  try {
    let batch: DecodeResult[] = [];
    for await (const result of decoder.decode(paths, classifier.transform)) {
      batch.push(result);
      if (batch.length < BATCH) continue;
      yield* await classifyBatch(classifier, batch);
      batch = [];
    }
    yield* await classifyBatch(classifier, batch);
  } finally {
    await decoder.close();
  }
}

async function classifyBatch(
  { model, transform, loss }: Classifier,
  batch: readonly DecodeResult[],
): Promise<Classified[]> {
  const images = batch.flatMap((result) => (result.ok ? [result.image] : []));
  if (images.length === 0) return batch.flatMap((result) => (result.ok ? [] : [result]));
  const { width, height } = transformedSize(transform);
  const bytes = width * height * 3;
  const data = new Uint8Array(images.length * bytes);
  images.forEach((image, i) => data.set(image.data, i * bytes));
  const rows = (await classify(model, { width, height, data }, images.length, loss)).values();
  return batch.map((result) => (result.ok ? { path: result.path, shares: rows.next().value ?? [] } : result));
}
