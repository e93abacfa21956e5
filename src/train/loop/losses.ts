/**
 * The losses that a run can be trained with, on the GPU; loss-kinds.ts says what they mean. A new one is an entry here and there.
 */
import { bceWithLogits, crossEntropy, type Loss, type Tensor } from '../../autograd/index.ts';
import { lookUp } from '../../names.ts';
import type { LossName } from './loss-kinds.ts';

/** What training adds to the plain loss, which validation uses. */
export interface LossAdjustments {
  /** The share of each target that goes to all classes alike (Szegedy et al. 2016); 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** A factor for each class, as `balancedWeights` gives them. */
  readonly classWeights?: readonly number[] | undefined;
}

/** The loss of logits [N, outputs] for the classes `labels`. */
type LossOf = (logits: Tensor, labels: readonly number[], adjustments: LossAdjustments) => Loss;

export const losses: Readonly<Record<LossName, LossOf>> = {
  'cross-entropy': (logits, labels, { labelSmoothing, classWeights }) => {
    const { gpu } = logits;
    const weights = classWeights && gpu.upload(Float32Array.from(classWeights), 'class weights');
    const options = { labelSmoothing, classWeights: weights };
    return crossEntropy(logits, gpu.upload(Uint32Array.from(labels), 'labels'), options);
  },
  bce: (logits, labels, { labelSmoothing, classWeights }) => {
    const [first = 1, second = 1] = classWeights ?? [];
    const options = { labelSmoothing, positiveWeight: second / first };
    return bceWithLogits(logits, logits.gpu.upload(Float32Array.from(labels), 'targets'), options);
  },
};

/**
 * The loss of logits [N, outputs] for the classes `labels`. Call it in the scope that computes the logits. Throws `UnknownNameError`.
 */
export function lossOf(
  logits: Tensor,
  labels: readonly number[],
  loss: LossName,
  adjustments: LossAdjustments = {},
): Loss {
  return lookUp<LossOf>(losses, loss, 'loss')(logits, labels, adjustments);
}
