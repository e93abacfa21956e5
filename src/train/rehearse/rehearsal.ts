/**
 * Compiles what a run is going to run, before its photos are there: on adapters where kernels take seconds to compile the
 * processor does that while photos are read. The steps are recorded on a network of their own, whose memory is never made,
 * so nothing of the run's own state changes.
 */
import { transformedSize, type ImageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { architectures, type Architecture } from '../architectures.ts';
import { transformsFor } from '../inputs/augment.ts';
import { lossOf } from '../loop/losses.ts';
import type { TrainConfig } from '../settings/config.ts';
import { FeatureRows } from '../inputs/feature-rows.ts';
import { freeze } from '../loop/freeze.ts';
import { imageInputs, trunkIsFixed } from '../inputs/inputs.ts';
import { createOptimizer, planPhases } from '../loop/phases.ts';
import { trainingStep } from '../loop/training-step.ts';

/**
 * Compiles the kernels of the first phase's training step, of validation, and of the trunk alone where its features are
 * kept. `outputs` counts the head's logits. Rejects where `config` is out of range or a kernel does not compile.
 */
export async function rehearse(
  gpu: Gpu,
  architecture: Architecture,
  outputs: number,
  config: TrainConfig,
): Promise<void> {
  await gpu.prepare(() => {
    const { size, augment, seed, loss } = config;
    const [phase] = planPhases(config);
    if (!phase) return;
    const model = architectures[architecture](gpu, outputs);
    freeze(model, phase.tune, config.bn);
    const images = blankImages(config, config.batchSize);
    const indices = Uint32Array.from({ length: config.batchSize }, (_, i) => i);
    const plain = imageInputs(model, images, { size, augment: 'none', seed });
    const augmented = imageInputs(model, images, { size, augment, seed });
    model.eval();
    augmented.features(indices, 1); // as they are kept where the trunk is fixed
    lossOf(plain.logits(indices, 0), Array.from(images.labels), loss);
    model.train();
    const features = (rows: Uint32Array) =>
      new FeatureRows(gpu, rows.length, model.fc.inFeatures).gather(rows);
    const kept = { ...plain, features, logits: (rows: Uint32Array) => model.fc.forward(features(rows)) };
    const inputs = config.views > 0 && trunkIsFixed(model) ? kept : augmented;
    const step = trainingStep(model, createOptimizer(model, phase, config), inputs, config);
    return step([indices], 1);
  });
}

/** `count` black images of class 0, as large as training photos are. */
function blankImages({ size, augment }: TrainConfig, count: number): ImageSet {
  const { height, width } = transformedSize(transformsFor(size, augment).train);
  const image = new Uint8Array(height * width * 3);
  return { count, height, width, labels: new Int32Array(count), paths: [], image: () => image };
}
