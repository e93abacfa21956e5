/**
 * Compiles what a run is going to run, before its photos are there: on adapters where kernels take seconds to compile the
 * processor does that while photos are read. The steps are recorded on a network of their own, whose memory is never made,
 * so nothing of the run's own state changes.
 */
import { transformedSize, type ImageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { networks, type NetworkName } from '../../networks/index.ts';
import type { Network } from '../../nn/index.ts';
import { transformsFor } from '../inputs/augment.ts';
import { lossOf } from '../loop/losses.ts';
import type { TrainConfig } from '../settings/config.ts';
import { FeatureRows } from '../inputs/feature-rows.ts';
import { freeze } from '../loop/freeze.ts';
import { imageInputs, trunkIsFixed, type Inputs } from '../inputs/inputs.ts';
import { createOptimizer, planPhases } from '../loop/phases.ts';
import { trainingStep } from '../loop/training-step.ts';

/**
 * Compiles the kernels of the first phase's training step, of validation, and of the trunk alone where its features are
 * kept. `outputs` counts the head's logits. Rejects if `config` is out of range or a kernel does not compile.
 */
export async function rehearse(
  gpu: Gpu,
  architecture: NetworkName,
  outputs: number,
  config: TrainConfig,
): Promise<void> {
  await networks[architecture].ready();
  await gpu.prepare(() => recordBatch(networks[architecture].create(gpu, outputs), config));
}

/**
 * Records what the first phase of a run does with one batch of black images: its validation, the trunk alone where its
 * features are kept, and a training step. To be called while the device rehearses. Throws as `freeze` and `planPhases` do.
 */
export function recordBatch(model: Network, config: TrainConfig): unknown {
  const { batchSize, size, augment, seed, loss } = config;
  const [phase] = planPhases(config, model.stages);
  if (!phase) return undefined;
  freeze(model, phase.tune, config.bn);
  const images = blankImages(config, batchSize);
  const indices = Uint32Array.from({ length: batchSize }, (_, i) => i);
  model.eval();
  const plain = imageInputs(model, images, { size, augment: 'none', seed });
  lossOf(plain.logits(indices, 0), Array.from(images.labels), loss);
  if (learnsFromFeatures(model, config))
    imageInputs(model, images, { size, augment, seed }).features(indices, 1);
  model.train();
  const inputs = stepInputs(model, images, config);
  return trainingStep(model, createOptimizer(model, phase, config), inputs, config)([indices], 1);
}

/** Whether a phase, whose frozen parts are frozen, learns from features that the trunk computed once. */
const learnsFromFeatures = (model: Network, { views }: TrainConfig): boolean =>
  views > 0 && trunkIsFixed(model);

/** What a phase's steps learn from: `images`, or features in their place, where those are computed once. */
export function stepInputs(model: Network, images: ImageSet, config: TrainConfig): Inputs {
  const { size, augment, seed } = config;
  const inputs = imageInputs(model, images, { size, augment, seed });
  if (!learnsFromFeatures(model, config)) return inputs;
  const features = (rows: Uint32Array) =>
    new FeatureRows(model.gpu, rows.length, model.featureCount).gather(rows);
  return { ...inputs, features, logits: (rows) => model.logits(features(rows)) };
}

/** `count` black images of class 0, as large as training photos are. */
export function blankImages({ size, augment }: TrainConfig, count: number): ImageSet {
  const { height, width } = transformedSize(transformsFor(size, augment).train);
  const image = new Uint8Array(height * width * 3);
  return { count, height, width, labels: new Int32Array(count), paths: [], image: () => image };
}
