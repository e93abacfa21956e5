/** How fast an adapter trains: measured on a small step of the default network, from which seconds.ts tells how long a run takes. */
import type { Gpu } from '../../gpu/index.ts';
import { defaultNetwork, networks } from '../../networks/index.ts';
import { readMetrics } from '../loop/batch.ts';
import { labelsAt } from '../loop/evaluate.ts';
import { freeze } from '../loop/freeze.ts';
import { lossOf } from '../loop/losses.ts';
import { createOptimizer } from '../loop/phases.ts';
import { trainingStep } from '../loop/training-step.ts';
import { FeatureRows } from '../inputs/feature-rows.ts';
import { imageInputs } from '../inputs/inputs.ts';
import { settingDefaults, type TrainConfig } from '../settings/config.ts';
import { costOf } from './cost.ts';
import { blankImages } from './rehearsal.ts';
import { speedFrom, type TrainingSpeed } from './seconds.ts';

/** Sides in pixels of the photos that are measured with. */
const SIZE = 64;
const CLASSES = 10;
/** A step of so many seconds tells the rate; a shorter one tells more of what it takes to submit. */
const LONG_ENOUGH = 0.1;
/** How many photos are tried, one batch after the other. */
const BATCHES = [2, 8, 32, 128] as const;

/**
 * Measures a forward pass and a training step of the default network, of as many photos of 64 pixels as take a tenth of a second: done in
 * a second on a GPU, while a software adapter compiles for longest. What else is on the device stays as it is. Throws the signal's
 * reason if it is aborted, and what the device throws.
 */
export async function measureSpeed(gpu: Gpu, signal?: AbortSignal): Promise<TrainingSpeed> {
  const model = networks[defaultNetwork].create(gpu, CLASSES);
  const config: TrainConfig = { ...settingDefaults, tune: 'all', size: SIZE, views: 0 };
  freeze(model, config.tune, config.bn);
  const phase = { index: 0, tune: config.tune, epochs: 1, learningRate: 0 };
  const optimizer = createOptimizer(model, phase, config);
  const rows = new FeatureRows(gpu, BATCHES[BATCHES.length - 1] ?? 1, model.featureCount);
  try {
    for (const batch of BATCHES) {
      const indices = Uint32Array.from({ length: batch }, (_, i) => i);
      const inputs = imageInputs(model, blankImages(config, batch), { ...config, augment: 'none' });
      const judged = (logits: () => ReturnType<typeof inputs.logits>) => () =>
        gpu.scope(() => readMetrics(gpu, lossOf(logits(), labelsAt(inputs, indices), config.loss), batch));
      const step = trainingStep(model, optimizer, inputs, config);
      model.eval();
      const overhead = await secondsFor(
        judged(() => model.logits(rows.gather(indices))),
        signal,
      );
      const forward = await secondsFor(
        judged(() => inputs.logits(indices, 0)),
        signal,
      );
      model.train();
      const training = await secondsFor(() => step([indices], 1), signal);
      const isLast = batch === BATCHES[BATCHES.length - 1];
      if (training < LONG_ENOUGH && !isLast) continue;
      const photos = { train: batch, valid: batch, classes: CLASSES };
      const [cost] = costOf(gpu, defaultNetwork, { ...config, batchSize: batch }, photos).phases;
      return speedFrom(cost.step, { overhead, forward, training });
    }
    throw new RangeError('There is no batch to measure with.');
  } finally {
    rows.dispose();
    optimizer.dispose();
    model.dispose();
  }
}

/** Seconds of the second time, since the first one compiles and makes room. */
async function secondsFor(work: () => Promise<unknown>, signal: AbortSignal | undefined): Promise<number> {
  signal?.throwIfAborted();
  await work();
  signal?.throwIfAborted();
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
