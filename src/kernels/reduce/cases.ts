// The gradients that tests clip: above, below and far from the norm that they may have.

/** Gradients [size] within ±scale. */
export interface ClipCase {
  readonly name: string;
  readonly size: number;
  readonly scale: number;
  readonly maxNorm: number;
}

/** What the tests run. */
export const clipCases: readonly ClipCase[] = [
  { name: 'one-element', size: 1, scale: 1, maxNorm: 0.25 },
  { name: 'above', size: 1023, scale: 1, maxNorm: 1 },
  { name: 'below', size: 130, scale: 0.01, maxNorm: 1 },
  { name: 'tiny', size: 64, scale: 1e-7, maxNorm: 1e-7 },
  { name: 'past-a-stretch', size: 70001, scale: 0.1, maxNorm: 5 },
  { name: 'zero', size: 7, scale: 0, maxNorm: 1 },
];
