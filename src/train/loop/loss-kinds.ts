/**
 * What the losses mean, without the GPU: how many logits each wants for the classes, and what these say of an image. Whoever only asks a
 * network needs no more of them.
 */
import { lookUp, namesOf } from '../../names.ts';

interface LossKind {
  /** The most classes that it can separate. */
  readonly mostClasses: number;
  /** How many logits a network needs to separate this many classes with it. */
  outputs(classes: number): number;
  /** The logits of one image → the probability of each class. */
  probabilities(logits: readonly number[]): number[];
}

export const lossKinds = {
  /** Softmax over one logit per class. */
  'cross-entropy': {
    mostClasses: Infinity,
    outputs: (classes) => classes,
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
    probabilities([logit = NaN]) {
      const second = 1 / (1 + Math.exp(-logit));
      return [1 - second, second];
    },
  },
} as const satisfies Record<string, LossKind>;

export type LossName = keyof typeof lossKinds;
export const lossNames = namesOf(lossKinds);

const kindOf = (loss: LossName): LossKind => lookUp<LossKind>(lossKinds, loss, 'loss');

/** How many logits separate `classes` classes with this loss. Throws `UnknownNameError`, as all here do. */
export const outputsOf = (loss: LossName, classes: number): number => kindOf(loss).outputs(classes);

/** Whether this loss can separate this many classes. */
export const canTellApart = (loss: LossName, classes: number): boolean => classes <= kindOf(loss).mostClasses;

/** The logits of one image → the probability of each class; a single logit is that of the second of two classes. */
export function probabilities(logits: ArrayLike<number>, loss: LossName): number[] {
  return kindOf(loss).probabilities(Array.from(logits));
}
