/**
 * What a network is trained on or tested with, as the trainer sees it: a number of labelled inputs, and a way to record
 * the forward pass of some of them. There are two kinds. Images go through the whole network; where the trunk never
 * changes, features.ts keeps its features and only the head runs.
 */
import type { Tensor } from '../../autograd/index.ts';
import type { ImageSet } from '../../data/index.ts';
import { BatchNorm2d, headOf, isInStage, type Network } from '../../nn/index.ts';
import { drawAugmentation, type AugmentName } from './augment.ts';
import type { Hold } from '../loop/hold-ahead.ts';
import { ImageCache } from './image-cache.ts';

/** Labelled inputs of a network as the trainer sees them: images, or features that a fixed trunk has made of them. */
export interface Inputs {
  readonly count: number;
  /** Index of the class, [count]. */
  readonly labels: Int32Array;
  /**
   * Records the trunk's pass of the inputs at `indices`, as they look in `epoch` → features [N, featureCount]. Epochs of training are
   * counted from 1; in epoch 0 inputs look as they are, without augmentation.
   */
  features(indices: Uint32Array, epoch: number): Tensor;
  /** The same through the head too → logits [N, outputs]. */
  logits(indices: Uint32Array, epoch: number): Tensor;
  /** Brings inputs to hand that memory does not keep: await it before they are recorded. There is none where memory keeps all. */
  readonly hold?: Hold<Uint32Array> | undefined;
}

export interface ImageInputOptions {
  /** Height and width in pixels of what the network sees. */
  readonly size: number;
  readonly augment: AugmentName;
  readonly seed: number;
}

/** Images through all of `model`, from a cache or from host memory. */
export function imageInputs(
  model: Network,
  images: ImageSet | ImageCache,
  { size, augment, seed }: ImageInputOptions,
): Inputs {
  const cache = cacheOf(model, images);
  const room = { height: cache.height, width: cache.width, size };
  const features = (indices: Uint32Array, epoch: number) => {
    const look = epoch === 0 ? 'none' : augment;
    const changes = Array.from(indices, (index) => drawAugmentation(look, room, { seed, epoch, index }));
    return model.features(cache.tensor(indices, size, changes));
  };
  return {
    count: cache.count,
    labels: cache.labels,
    features,
    logits: (indices, epoch) => model.logits(features(indices, epoch)),
    hold: cache.hold,
  };
}

const cacheOf = ({ gpu }: Network, images: ImageSet | ImageCache): ImageCache =>
  images instanceof ImageCache ? images : new ImageCache(gpu, images, { budgetBytes: 0 });

/** Whether everything before the head always gives the same features: frozen, batch norm by running statistics. */
export function trunkIsFixed(model: Network): boolean {
  const head = headOf(model.stages);
  const frozen = [...model.namedParameters()].every(
    ([name, { requiresGrad }]) => isInStage(name, head) || !requiresGrad,
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
