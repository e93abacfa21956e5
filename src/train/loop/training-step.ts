/** One optimizer step over one or more batches: forward, loss, backward, update, and the numbers back to the host. */
import { backward } from '../../autograd/index.ts';
import type { Network } from '../../nn/index.ts';
import type { Optimizer } from '../../optim/index.ts';
import { balancedWeights, readMetrics } from './batch.ts';
import type { TrainSettings } from '../settings/config.ts';
import { labelsAt } from './evaluate.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { lossOf } from './losses.ts';
import { total, type BatchMetrics } from './metrics.ts';

/**
 * Records a step over `batches` of indices, as the inputs look in `epoch`; resolves to the metrics of all of them. `step` says how many the
 * epoch had before, 0 by default: what layers such as dropout draw follows from it, so that a run goes on to the same bits from anywhere.
 */
export type TrainingStep = (
  batches: readonly Uint32Array[],
  epoch: number,
  step?: number,
) => Promise<BatchMetrics>;

/** Keeps what layers draw apart from the order of the photos and from their augmentation. */
const LAYERS_STREAM = 0xd409;

/**
 * Steps of `optimizer` on `inputs`. The gradients of several batches add up, each in a scope of its own so that memory
 * is needed for one only; their mean is clipped and applied. The loss is smoothed and weighted as `settings` say.
 */
export function trainingStep(
  model: Network,
  optimizer: Optimizer,
  inputs: Inputs,
  { loss: name, labelSmoothing, classWeights, clipGrad, seed }: TrainSettings,
): TrainingStep {
  const classes = Math.max(2, model.classes); // a single logit tells two apart
  const adjustments = {
    labelSmoothing,
    classWeights: classWeights === 'balanced' ? balancedWeights(inputs.labels, classes) : undefined,
  };
  return async (batches, epoch, step = 0) => {
    const runs = batches.map((indices, i) =>
      model.gpu.scope(() => {
        if (i === 0) optimizer.zeroGrad();
        model.drawFrom([seed, LAYERS_STREAM, epoch, step, i]);
        const loss = lossOf(inputs.logits(indices, epoch), labelsAt(inputs, indices), name, adjustments);
        backward(loss.loss);
        if (i === batches.length - 1)
          optimizer.step({ gradientScale: 1 / batches.length, maxNorm: clipGrad ?? undefined });
        return readMetrics(model.gpu, loss, indices.length);
      }),
    );
    return total(await Promise.all(runs));
  };
}
