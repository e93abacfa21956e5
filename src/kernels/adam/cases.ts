// The Adam runs that tests and benchmarks use: some steps on one arena of parameters, each with its own gradient.
// Tiny gradients are a case because there ε decides the step, and with it where ε stands in the formula.

/** Parameters [size], and a fresh gradient [size] within ±gradientScale at each of `steps` steps. */
export interface AdamCase {
  readonly name: string;
  readonly size: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** L2 penalty added to the gradient (torch.optim.Adam's weight_decay), or AdamW's where it is decoupled. */
  readonly weightDecay: number;
  readonly decoupled?: boolean;
  readonly gradientScale: number;
}

const defaults = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  gradientScale: 0.1,
};

/** What the tests run. */
export const cases: readonly AdamCase[] = [
  { ...defaults, name: 'one-parameter', size: 1, steps: 3 },
  { ...defaults, name: 'first-step', size: 7, steps: 1 },
  { ...defaults, name: 'ten-steps', size: 1023, steps: 10 },
  { ...defaults, name: 'past-a-workgroup', size: 4099, steps: 3 },
  { ...defaults, name: 'weight-decay', size: 130, steps: 10, weightDecay: 0.01 },
  { ...defaults, name: 'decoupled-decay', size: 130, steps: 10, weightDecay: 0.1, decoupled: true },
  { ...defaults, name: 'other-betas', size: 65, steps: 5, learningRate: 0.02, beta1: 0.5, beta2: 0.9 },
  { ...defaults, name: 'tiny-gradients', size: 64, steps: 5, gradientScale: 1e-8 },
  { ...defaults, name: 'zero-gradients', size: 5, steps: 2, gradientScale: 0 },
];
