/** Exercise 4: somebody has counted the calls that he can see. How many kernels does each step run? */
import type { Name } from './steps.ts';

export const predictions: Readonly<Record<Name, number>> = {
  training: 6, // linear, relu, linear, loss, backward, step
  judging: 4,
  frozen: 6,
  accumulated: 11,
};
