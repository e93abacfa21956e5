/** One training step on its own, as the first phase of a run would take it: to be recorded, or run and measured. */
import type { ImageSet } from '../../data/index.ts';
import { BatchNorm2d, type Network } from '../../nn/index.ts';
import { freeze } from '../loop/freeze.ts';
import type { BatchMetrics } from '../loop/metrics.ts';
import { createOptimizer, planPhases } from '../loop/phases.ts';
import { trainingStep } from '../loop/training-step.ts';
import type { TrainConfig } from '../settings/config.ts';
import { stepInputs } from './rehearsal.ts';

/** What a run has no setting for, since nobody would want it otherwise but to see what it is good for. */
export interface StepOptions {
  /** Whether running statistics are applied within the convolution's kernel; true if it is not given. */
  readonly fused?: boolean;
}

/** Freezes what the first phase freezes, and gives what runs its step on the first photos of `images`, a batch of them. */
export function stepOf(
  model: Network,
  config: TrainConfig,
  images: ImageSet,
  { fused = true }: StepOptions = {},
): () => Promise<BatchMetrics> {
  const [phase] = planPhases(config, model.stages);
  if (!phase) throw new RangeError('A run has a phase at least.');
  freeze(model, phase.tune, config.bn);
  for (const module of model.modules()) if (module instanceof BatchNorm2d) module.fused = fused;
  model.train();
  const inputs = stepInputs(model, images, config);
  const run = trainingStep(model, createOptimizer(model, phase, config), inputs, config);
  const indices = Uint32Array.from({ length: config.batchSize }, (_, i) => i);
  return () => run([indices], 1);
}
