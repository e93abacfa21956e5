// The losses that tests and benchmarks run. Saturated logits are here because they are where a loss written as
// log(softmax(x)) or log(sigmoid(x)) gives NaN or infinity, and the fused form must not.

import type { Reduction } from './index.ts';

/**
 * How a case's logits are made from the formula's uniform values in [−1, 1): scaled, or only their sign scaled,
 * which gives rows of equal extremes.
 */
export interface Logits {
  readonly kind: 'uniform' | 'signs';
  readonly scale: number;
}

/** Logits [n, classes] and labels [n] in 0 … classes − 1. */
export interface CrossEntropyCase {
  readonly name: string;
  readonly n: number;
  readonly classes: number;
  readonly logits: Logits;
  readonly labelSmoothing?: number;
  /** Whether classes count by weights, within [0.1, 1.9). */
  readonly weighted?: boolean;
  /** A label whose samples count nothing. */
  readonly ignoreIndex?: number;
  /** The mean by default. */
  readonly reduction?: Reduction;
}

/** Logits [n] and targets [n], each 0 or 1. */
export interface BceCase {
  readonly name: string;
  readonly n: number;
  readonly logits: Logits;
  /** Moves targets towards ½, which PyTorch leaves to its caller. */
  readonly labelSmoothing?: number;
  readonly positiveWeight?: number;
  /** The mean by default. */
  readonly reduction?: Reduction;
}

const uniform = (scale: number): Logits => ({ kind: 'uniform', scale });
const signs = (scale: number): Logits => ({ kind: 'signs', scale });

/** What the tests of softmax cross-entropy run. */
export const crossEntropyCases: readonly CrossEntropyCase[] = [
  { name: 'one-image-two-classes', n: 1, classes: 2, logits: uniform(2) },
  { name: 'three-classes', n: 5, classes: 3, logits: uniform(3) },
  { name: 'ten-classes', n: 4, classes: 10, logits: uniform(4) },
  { name: 'equal-logits', n: 3, classes: 7, logits: uniform(0) },
  { name: 'past-a-workgroup', n: 67, classes: 65, logits: uniform(5) },
  { name: 'imagenet', n: 8, classes: 1000, logits: uniform(10) },
  { name: 'more-classes-than-threads', n: 2, classes: 1537, logits: uniform(3) },
  { name: 'long-batch', n: 300, classes: 2, logits: uniform(2) },
  { name: 'large-logits', n: 9, classes: 10, logits: uniform(100) },
  { name: 'saturated', n: 16, classes: 2, logits: signs(100) },
  { name: 'saturated-many-classes', n: 6, classes: 101, logits: signs(100) },
  { name: 'smoothed', n: 5, classes: 3, logits: uniform(3), labelSmoothing: 0.1 },
  { name: 'smoothed-to-uniform', n: 4, classes: 10, logits: uniform(4), labelSmoothing: 1 },
  { name: 'smoothed-saturated', n: 6, classes: 101, logits: signs(100), labelSmoothing: 0.1 },
  { name: 'weighted', n: 7, classes: 3, logits: uniform(3), weighted: true },
  { name: 'weighted-one-image', n: 1, classes: 2, logits: uniform(2), weighted: true },
  { name: 'weighted-saturated', n: 16, classes: 2, logits: signs(100), weighted: true },
  {
    name: 'smoothed-and-weighted',
    n: 67,
    classes: 65,
    logits: uniform(5),
    labelSmoothing: 0.2,
    weighted: true,
  },
  {
    name: 'smoothed-and-weighted-imagenet',
    n: 8,
    classes: 1000,
    logits: uniform(10),
    labelSmoothing: 0.1,
    weighted: true,
  },
  { name: 'ignoring', n: 40, classes: 5, logits: uniform(3), ignoreIndex: 2 },
  { name: 'ignoring-weighted', n: 67, classes: 5, logits: uniform(3), weighted: true, ignoreIndex: 0 },
  { name: 'ignoring-smoothed', n: 40, classes: 5, logits: uniform(3), labelSmoothing: 0.1, ignoreIndex: 4 },
  { name: 'sum', n: 9, classes: 7, logits: uniform(3), reduction: 'sum' },
  { name: 'sum-of-weighted', n: 9, classes: 7, logits: uniform(3), weighted: true, reduction: 'sum' },
  { name: 'one-each', n: 70, classes: 6, logits: uniform(3), reduction: 'none' },
  {
    name: 'one-each-of-all',
    ...{ n: 33, classes: 6, logits: uniform(3), labelSmoothing: 0.1, weighted: true },
    ...{ ignoreIndex: 3, reduction: 'none' },
  },
];

/** What the tests of binary cross-entropy with logits run. */
export const bceCases: readonly BceCase[] = [
  { name: 'one-image', n: 1, logits: uniform(2) },
  { name: 'seven', n: 7, logits: uniform(3) },
  { name: 'zero-logits', n: 5, logits: uniform(0) },
  { name: 'past-a-workgroup', n: 259, logits: uniform(5) },
  { name: 'long-batch', n: 3001, logits: uniform(2) },
  { name: 'large-logits', n: 33, logits: uniform(100) },
  { name: 'saturated', n: 64, logits: signs(100) },
  { name: 'smoothed', n: 7, logits: uniform(3), labelSmoothing: 0.1 },
  { name: 'positive-weight', n: 65, logits: uniform(4), positiveWeight: 3.5 },
  { name: 'positive-weight-saturated', n: 64, logits: signs(100), positiveWeight: 0.25 },
  { name: 'smoothed-positive-weight', n: 259, logits: uniform(5), labelSmoothing: 0.2, positiveWeight: 2 },
  { name: 'sum', n: 65, logits: uniform(3), reduction: 'sum' },
  { name: 'one-each', n: 65, logits: uniform(3), positiveWeight: 2, reduction: 'none' },
];
