/**
 * The trunk's features, computed once and kept on the GPU, for training a head on a trunk that never changes. With
 * several views an image has features of its plain look and of some augmented ones, and epochs go through them in turn:
 * most of what augmentation gives, at the price of as many passes as there are views.
 */
import type { ImageSet } from '../../data/index.ts';
import type { Network } from '../../nn/index.ts';
import type { AugmentName } from './augment.ts';
import { FeatureRows } from './feature-rows.ts';
import type { ImageCache } from './image-cache.ts';
import { batchesInOrder, imageInputs, type Inputs } from './inputs.ts';
import { ahead } from '../loop/ahead.ts';

export interface FeatureOptions {
  readonly size: number;
  readonly batchSize: number;
  /** How many looks at each image: the first is plain, the others are augmented. 1 by default. */
  readonly views?: number | undefined;
  readonly augment?: AugmentName | undefined;
  readonly seed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every batch with the number of looks done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Inputs that pass through the head only. Their memory on the GPU is freed by `dispose`. */
export interface FeatureInputs extends Inputs {
  readonly views: number;
  /** What one pass of the trunk over all images took. */
  readonly secondsPerView: number;
  /** Of how many images the features were there from an earlier run. */
  readonly found?: number | undefined;
  dispose(): void;
}

/**
 * Runs the trunk of `model` over all images, once per view. In epoch e image i shows view (e − 1 + i) mod views, and its
 * plain look in epoch 0, which validation uses: with one view the same as `imageInputs` without augmentation, where
 * `trunkIsFixed`. Throws the signal's reason if it is aborted.
 */
export async function featureInputs(
  model: Network,
  set: ImageSet | ImageCache,
  options: FeatureOptions,
): Promise<FeatureInputs> {
  const { size, batchSize, views = 1, augment = 'none', seed = 0, signal, onProgress } = options;
  const { gpu } = model;
  const rows = new FeatureRows(gpu, set.count * views, model.featureCount);
  const looks = [
    imageInputs(model, set, { size, augment: 'none', seed }),
    imageInputs(model, set, { size, augment, seed }),
  ] as const;
  const training = model.training;
  const start = performance.now();
  let done = 0;
  try {
    model.eval();
    const work = Array.from({ length: views }, (_, view) => view).flatMap((view) =>
      [...batchesInOrder(set.count, batchSize)].map((indices) => ({ view, indices })),
    );
    const run = ({ view, indices }: (typeof work)[number]) =>
      gpu.scope(() => {
        const features = looks[view === 0 ? 0 : 1].features(indices, view);
        rows.write(view * set.count + (indices[0] ?? 0), features);
        // Waits for the batch without moving it, so that only one is prepared ahead.
        return gpu.read(features.storage.slice(0, 4)).then(() => indices.length);
      });
    const all = looks[0].hold;
    const hold = all && (({ indices }: (typeof work)[number]) => all(indices));
    for await (const count of ahead(work, run, { signal, hold }))
      onProgress?.((done += count), set.count * views);
  } catch (error) {
    rows.dispose();
    throw error;
  } finally {
    model.train(training);
  }
  return keptFeatures(model, rows, {
    stride: set.count,
    labels: set.labels,
    views,
    secondsPerView: (performance.now() - start) / 1000 / views,
  });
}

/**
 * Features that were computed, as inputs: view v of image i is row v · stride + i. They free `rows` when they are disposed of.
 */
export function keptFeatures(
  model: Network,
  rows: FeatureRows,
  {
    stride,
    labels,
    views,
    secondsPerView,
  }: { readonly stride: number } & Pick<FeatureInputs, 'labels' | 'views' | 'secondsPerView'>,
): FeatureInputs {
  const features = (indices: Uint32Array, epoch: number) => {
    const viewOf = (index: number) => (epoch === 0 ? 0 : (epoch - 1 + index) % views);
    return rows.gather(indices.map((index) => viewOf(index) * stride + index));
  };
  return {
    ...{ count: labels.length, labels, views, secondsPerView, features },
    logits: (indices, epoch) => model.logits(features(indices, epoch)),
    dispose: () => rows.dispose(),
  };
}
