/** Exercise 7: batch norm of one channel. It knows the batch, and nothing else. */

const EPS = 1e-5;
/** How far the running statistics move towards those of a batch. */
const MOMENTUM = 0.1;

const meanOf = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;

export class Norm {
  runningMean = 0;
  runningVariance = 1;
  training = true;

  forward(x: readonly number[]): number[] {
    const mean = meanOf(x);
    const variance = meanOf(x.map((value) => (value - mean) ** 2));
    void MOMENTUM;
    return x.map((value) => (value - mean) / Math.sqrt(variance + EPS));
  }
}
