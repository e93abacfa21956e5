/**
 * The losses that a run can be trained with. Each says how many logits it wants for the classes, what it makes of them on
 * the GPU, and what they mean to people; a new one is an entry here.
 */
import { bceWithLogits, crossEntropy, type Loss, type Tensor } from '../../autograd/index.ts';
import { lookUp, namesOf } from '../../names.ts';

/** What training adds to the plain loss, which validation uses. */
export interface LossAdjustments {
  /** The share of each target that goes to all classes alike (Szegedy et al. 2016); 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** A factor for each class, as `balancedWeights` gives them. */
  readonly classWeights?: readonly number[] | undefined;
}

interface LossKind {
  /** The most classes that it can separate. */
  readonly mostClasses: number;
  /** How many logits a network needs to separate this many classes with it. */
  outputs(classes: number): number;
  /** Of logits [N, outputs] for the classes `labels`. */
  of(logits: Tensor, labels: readonly number[], adjustments: LossAdjustments): Loss;
  /** The logits of one image → the probability of each class. */
  probabilities(logits: readonly number[]): number[];
}

export const losses = {
  /** Softmax over one logit per class. */
  'cross-entropy': {
    mostClasses: Infinity,
    outputs: (classes) => classes,
    of(logits, labels, { labelSmoothing, classWeights }) {
      const { gpu } = logits;
      const weights = classWeights && gpu.upload(Float32Array.from(classWeights), 'class weights');
      const options = { labelSmoothing, classWeights: weights };
      return crossEntropy(logits, gpu.upload(Uint32Array.from(labels), 'labels'), options);
    },
    probabilities(logits) {
      const largest = Math.max(...logits); // taken off so that no exponential overflows
      const powers = logits.map((value) => Math.exp(value - largest));
      const sum = powers.reduce((total, power) => total + power, 0);
      return powers.map((power) => power / sum);
    },
  },
  /** The sigmoid of a single logit, for the second of two classes. */
  bce: {
    mostClasses: 2,
    outputs: () => 1,
    of(logits, labels, { labelSmoothing, classWeights }) {
      const [first = 1, second = 1] = classWeights ?? [];
      const options = { labelSmoothing, positiveWeight: second / first };
      return bceWithLogits(logits, logits.gpu.upload(Float32Array.from(labels), 'targets'), options);
    },
    probabilities([logit = NaN]) {
      const second = 1 / (1 + Math.exp(-logit));
      return [1 - second, second];
    },
  },
} as const satisfies Record<string, LossKind>;

export type LossName = keyof typeof losses;
export const lossNames = namesOf(losses);

const kindOf = (loss: LossName): LossKind => lookUp<LossKind>(losses, loss, 'loss');

/**
 * The loss of logits [N, outputs] for the classes `labels`. Call it in the scope that computes the logits. Throws
 * `UnknownNameError`, as all here do.
 */
export function lossOf(
  logits: Tensor,
  labels: readonly number[],
  loss: LossName,
  adjustments: LossAdjustments = {},
): Loss {
  return kindOf(loss).of(logits, labels, adjustments);
}

/** How many logits separate `classes` classes with this loss. */
export const outputsOf = (loss: LossName, classes: number): number => kindOf(loss).outputs(classes);

/** Whether this loss can separate this many classes. */
export const canTellApart = (loss: LossName, classes: number): boolean => classes <= kindOf(loss).mostClasses;

/** The logits of one image → the probability of each class; a single logit is that of the second of two classes. */
export function probabilities(logits: ArrayLike<number>, loss: LossName): number[] {
  return kindOf(loss).probabilities(Array.from(logits));
}
