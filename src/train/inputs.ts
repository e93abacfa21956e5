/**
 * What a network is trained on or tested with, as the trainer sees it: a number of labelled inputs, and a way to record
 * the forward pass of some of them. There are two kinds. Images go through the whole network; where the trunk is frozen
 * and every image is always shown the same way, the trunk's features are computed once and only the head runs.
 */
import { Tensor } from '../autograd/index.ts';
import type { ImageSet } from '../data/index.ts';
import { BatchNorm2d, type ResNet } from '../nn/index.ts';
import { drawAugmentation, type AugmentName } from './augment.ts';
import { ImageCache } from './image-cache.ts';
import { oneAhead } from './one-ahead.ts';

export interface Inputs {
  readonly count: number;
  /** Index of the class, [count]. */
  readonly labels: Int32Array;
  /** Records the forward pass of the inputs at `indices`, as they look in `epoch` → logits [N, outputs]. */
  logits(indices: Uint32Array, epoch: number): Tensor;
}

export interface ImageInputOptions {
  /** Height and width in pixels of what the network sees. */
  readonly size: number;
  readonly augment: AugmentName;
  readonly seed: number;
}

/** Images through all of `model`, from a cache or from host memory. */
export function imageInputs(
  model: ResNet,
  images: ImageSet | ImageCache,
  { size, augment, seed }: ImageInputOptions,
): Inputs {
  const cache = cacheOf(model, images);
  const room = { height: cache.height, width: cache.width, size };
  return {
    count: cache.count,
    labels: cache.labels,
    logits(indices, epoch) {
      const changes = Array.from(indices, (index) => drawAugmentation(augment, room, { seed, epoch, index }));
      return model.forward(cache.tensor(indices, size, changes));
    },
  };
}

const cacheOf = ({ gpu }: ResNet, images: ImageSet | ImageCache): ImageCache =>
  images instanceof ImageCache ? images : new ImageCache(gpu, images, { budgetBytes: 0 });

export interface FeatureInputOptions {
  readonly size: number;
  readonly batchSize: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after every batch with the number of images done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Runs the trunk of `model` once over all images and gives inputs that pass through the head only. The same as
 * `imageInputs` without augmentation where `trunkIsFixed`. Throws the signal's reason where that is aborted.
 */
export async function featureInputs(
  model: ResNet,
  images: ImageSet | ImageCache,
  { size, batchSize, signal, onProgress }: FeatureInputOptions,
): Promise<Inputs> {
  const { gpu } = model;
  const set = cacheOf(model, images);
  const width = model.fc.inFeatures;
  const features = new Float32Array(set.count * width);
  const run = (indices: Uint32Array) => gpu.scope(() => model.features(set.tensor(indices, size)).read());
  const runs = oneAhead(batchesInOrder(set.count, batchSize), run, signal);
  let done = 0;
  for await (const rows of runs) {
    features.set(rows, done * width);
    done += rows.length / width;
    onProgress?.(done, set.count);
  }
  return {
    count: set.count,
    labels: set.labels,
    logits(indices) {
      const rows = new Float32Array(indices.length * width);
      indices.forEach((index, i) =>
        rows.set(features.subarray(index * width, (index + 1) * width), i * width),
      );
      return model.fc.forward(new Tensor(gpu, [indices.length, width], gpu.upload(rows, 'features')));
    },
  };
}

/** Whether everything before the head always gives the same features: frozen, batch norm by running statistics. */
export function trunkIsFixed(model: ResNet): boolean {
  const frozen = [...model.namedParameters()].every(
    ([name, { requiresGrad }]) => name.startsWith('fc.') || !requiresGrad,
  );
  return (
    frozen && model.modules().every((m) => !(m instanceof BatchNorm2d) || m.frozenStatistics === 'running')
  );
}

/** The indices 0 … count − 1 in batches, the last one perhaps smaller. */
export function* batchesInOrder(count: number, batchSize: number): Generator<Uint32Array> {
  for (let first = 0; first < count; first += batchSize)
    yield Uint32Array.from({ length: Math.min(batchSize, count - first) }, (_, i) => first + i);
}
