// The softmaxes that tests and benchmarks run: along the last axis and along others, short and long.
import type { Logits } from '../loss/cases.ts';

/** A tensor [outer, length, inner], softmax along `length`. */
export interface SoftmaxCase {
  readonly name: string;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly logits: Logits;
}

const uniform = (scale: number): Logits => ({ kind: 'uniform', scale });

export const cases: readonly SoftmaxCase[] = [
  { name: 'one-element', outer: 1, length: 1, inner: 1, logits: uniform(2) },
  { name: 'odd-rows', outer: 5, length: 7, inner: 1, logits: uniform(3) },
  { name: 'classes', outer: 32, length: 10, inner: 1, logits: uniform(4) },
  { name: 'imagenet', outer: 8, length: 1000, inner: 1, logits: uniform(10) },
  { name: 'attention', outer: 96, length: 64, inner: 1, logits: uniform(5) },
  { name: 'vocabulary', outer: 2, length: 5003, inner: 1, logits: uniform(8) },
  { name: 'channels-first', outer: 3, length: 21, inner: 12, logits: uniform(4) },
  { name: 'between-odd-axes', outer: 2, length: 9, inner: 5, logits: uniform(4) },
  { name: 'first-axis', outer: 1, length: 130, inner: 40, logits: uniform(4) },
  { name: 'large', outer: 4, length: 12, inner: 1, logits: uniform(100) },
  { name: 'saturated', outer: 6, length: 101, inner: 1, logits: { kind: 'signs', scale: 100 } },
];
