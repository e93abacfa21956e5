/** How good a network is on images that it was not trained on. */
import type { Network } from '../../nn/index.ts';
import { readMetrics } from './batch.ts';
import { batchesInOrder, type Inputs } from '../inputs/inputs.ts';
import { probabilities, type LossName } from './loss-kinds.ts';
import { lossOf } from './losses.ts';
import { combine, type BatchMetrics, type Metrics } from './metrics.ts';
import { ahead } from './ahead.ts';

/** How inputs are gone through, and what is asked of them. */
export interface EvaluateOptions {
  readonly batchSize: number;
  readonly loss: LossName;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loss and accuracy over all inputs, each seen once, in evaluation mode; the previous mode is restored. Throws the
 * signal's reason if it is aborted.
 *
 * ```ts
 * // Four red photos and four blue ones, of 32 × 32 pixels.
 * const [side, labels] = [32, Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1)];
 * const data = Uint8Array.from({ length: 8 * side * side * 3 }, (_, i) => (i % 3 === (i < 4 * side * side * 3 ? 0 : 2) ? 255 : 0));
 * const photos = imageSet({ width: side, height: side, data, labels, paths: [] });
 * const model = resnet18(gpu, 2);
 * model.initialise(createRandom(1)); // or weights from a file: loadWithFreshHead
 * freeze(model, 'head', 'running');
 * const settings = { ...settingDefaults, size: side };
 * const { valid } = await new InputSource(model, { train: photos, valid: photos }, settings).forPhase({ epochs: 1 });
 * const { count, accuracy } = await evaluate(model, valid, { batchSize: 8, loss: 'cross-entropy' });
 * count; // → 8
 * accuracy >= 0 && accuracy <= 1; // → true
 * ```
 */
export async function evaluate(
  model: Network,
  inputs: Inputs,
  { batchSize, loss, signal }: EvaluateOptions,
): Promise<Metrics> {
  const { gpu, training } = model;
  model.eval();
  try {
    const run = (indices: Uint32Array) =>
      gpu.scope(() => {
        const logits = inputs.logits(indices, 0);
        return readMetrics(gpu, lossOf(logits, labelsAt(inputs, indices), loss), indices.length);
      });
    const batches: BatchMetrics[] = [];
    for await (const batch of ahead(batchesInOrder(inputs.count, batchSize), run, {
      signal,
      hold: inputs.hold,
    }))
      batches.push(batch);
    return combine(batches);
  } finally {
    model.train(training);
  }
}

export interface PredictOptions extends EvaluateOptions {
  /** Called after every batch with the number of inputs done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Called with every batch's features [N, featureCount], in the order of the inputs. */
  readonly onFeatures?: ((features: Float32Array) => void) | undefined;
}

/**
 * The probability of each class for each input, in their order, in evaluation mode; the previous mode is restored.
 * Throws the signal's reason if it is aborted.
 */
export async function predictAll(
  model: Network,
  inputs: Inputs,
  { batchSize, loss, signal, onProgress, onFeatures }: PredictOptions,
): Promise<number[][]> {
  const { gpu, training } = model;
  model.eval();
  try {
    const run = (indices: Uint32Array) =>
      gpu.scope(() => {
        const features = inputs.features(indices, 0);
        const logits = model.logits(features);
        return Promise.all([logits.read(), onFeatures && features.read()]);
      });
    const predicted: number[][] = [];
    const outputs = model.classes;
    for await (const [logits, features] of ahead(batchesInOrder(inputs.count, batchSize), run, {
      signal,
      hold: inputs.hold,
    })) {
      for (let i = 0; i < logits.length; i += outputs)
        predicted.push(probabilities(logits.subarray(i, i + outputs), loss));
      if (features) onFeatures?.(features);
      onProgress?.(predicted.length, inputs.count);
    }
    return predicted;
  } finally {
    model.train(training);
  }
}

/**
 * The features of the inputs at `indices` as they are without augmentation, [indices, featureCount], in evaluation mode; the
 * previous mode is restored. Throws the signal's reason if it is aborted.
 */
export async function featuresOf(
  model: Network,
  inputs: Inputs,
  indices: Uint32Array,
  { batchSize, signal }: Pick<EvaluateOptions, 'batchSize' | 'signal'>,
): Promise<Float32Array> {
  const { gpu, training, featureCount } = model;
  const all = new Float32Array(indices.length * featureCount);
  model.eval();
  try {
    const run = (some: Uint32Array) => gpu.scope(() => inputs.features(some, 0).read());
    const batches = [...batchesInOrder(indices.length, batchSize)].map((places) =>
      places.map((place) => indices[place] ?? 0),
    );
    let done = 0;
    for await (const rows of ahead(batches, run, { signal, hold: inputs.hold })) {
      all.set(rows, done);
      done += rows.length;
    }
    return all;
  } finally {
    model.train(training);
  }
}

/** The labels of the inputs at `indices`. */
export function labelsAt({ labels }: Inputs, indices: Uint32Array): number[] {
  return Array.from(indices, (index) => labels[index] ?? 0);
}
