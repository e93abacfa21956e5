// The runs of SGD that tests use: some steps on one arena of parameters, each with its own gradient.

/** Parameters [size], and a fresh gradient [size] at each of `steps` steps. */
export interface SgdCase {
  readonly name: string;
  readonly size: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov?: boolean;
}

const defaults = { learningRate: 0.1, momentum: 0.9, weightDecay: 0 };

/** What the tests run. */
export const cases: readonly SgdCase[] = [
  { ...defaults, name: 'one-parameter', size: 1, steps: 1, momentum: 0 },
  { ...defaults, name: 'no-momentum', size: 130, steps: 3, momentum: 0, weightDecay: 0.01 },
  { ...defaults, name: 'momentum', size: 1023, steps: 5 },
  { ...defaults, name: 'nesterov', size: 1023, steps: 5, nesterov: true },
  { ...defaults, name: 'nesterov-decay', size: 130, steps: 3, weightDecay: 0.01, nesterov: true },
  { ...defaults, name: 'past-a-workgroup', size: 4100, steps: 3, learningRate: 0.05, weightDecay: 0.01 },
];
