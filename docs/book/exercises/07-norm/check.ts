/** Exercise 7: a batch norm of one channel behaves in both modes as the plain loops that graft's kernels are tested with. */
import { forward, invStdOf, movedTowards, statistics } from '../../../../src/kernels/batch-norm/reference.ts';
import { Mistake, type Exercise } from '../exercise.ts';

interface Norm {
  runningMean: number;
  runningVariance: number;
  training: boolean;
  forward(x: readonly number[]): readonly number[];
}
interface Yours {
  readonly Norm: new () => Norm;
}

const BATCHES = [
  [1, 2, 3, 6],
  [-4, 0.5, 9],
  [7, 7.5],
];
const shapeOf = (x: readonly number[]) => ({ rows: x.length, channels: 1 });

function expectNear(what: string, found: number | undefined, expected: number): void {
  if (found !== undefined && Math.abs(found - expected) <= 1e-9) return; // the same sums, in f64
  throw new Mistake(`${what} is ${String(found)} and should be ${expected.toFixed(4)}.`);
}

function expectResult(where: string, norm: Norm, x: readonly number[], mean: number, variance: number): void {
  const shape = { ...shapeOf(x), mean: [mean], invStd: invStdOf(Float64Array.of(variance), 1e-5) };
  const expected = forward(x, { ...shape, weight: [1], bias: [0] }, { relu: false });
  const found = norm.forward(x);
  expected.forEach((value, i) => expectNear(`${where}: of [${x.join(', ')}], y[${i}]`, found[i], value));
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 7: give batch norm its second function.',
  steps: [
    {
      holds: 'in training, a batch comes out with mean 0 and deviation 1',
      hint: 'This was right before you began: normalise by the mean and the variance of x, divided by the number of its values.',
      check({ Norm }) {
        for (const x of BATCHES) {
          const { mean, variance } = statistics(x, shapeOf(x));
          expectResult('training', new Norm(), x, mean[0] ?? NaN, variance[0] ?? NaN);
        }
      },
    },
    {
      holds: "in use, a value's result does not depend on its neighbours",
      hint: 'If this.training is false, normalise by this.runningMean and this.runningVariance.',
      check({ Norm }) {
        const norm = new Norm();
        norm.training = false;
        const [[together], [alone]] = [norm.forward([1, 9]), norm.forward([1, -5])];
        if (together !== alone)
          throw new Mistake(
            `In use, 1 becomes ${together?.toFixed(4)} beside 9, and ${alone?.toFixed(4)} beside −5.`,
          );
        norm.runningMean = 3;
        norm.runningVariance = 4;
        for (const x of BATCHES) expectResult('running mean 3 and variance 4', norm, x, 3, 4);
      },
    },
    {
      holds: 'the running mean moves a tenth of the way to that of each batch, while it trains',
      hint: 'In training alone: this.runningMean += MOMENTUM * (mean - this.runningMean).',
      check({ Norm }) {
        const norm = new Norm();
        let expected: Float64Array = Float64Array.of(0);
        for (const x of BATCHES) {
          norm.forward(x);
          expected = movedTowards(expected, statistics(x, shapeOf(x)).mean, 0.1);
          expectNear(`after a batch of [${x.join(', ')}], runningMean`, norm.runningMean, expected[0] ?? NaN);
        }
        norm.training = false;
        norm.forward([100, 200]);
        expectNear('after a batch in use, runningMean', norm.runningMean, expected[0] ?? NaN);
      },
    },
    {
      holds: 'and so does the running variance, which estimates that of all photos',
      hint: 'The variance of a sample around its own mean comes out too small. Dividing by n − 1 in place of n makes up for it; the running variance wants that one.',
      check({ Norm }) {
        const norm = new Norm();
        let expected: Float64Array = Float64Array.of(1);
        for (const x of BATCHES) {
          norm.forward(x);
          expected = movedTowards(expected, statistics(x, shapeOf(x)).unbiased, 0.1);
          expectNear(
            `after a batch of [${x.join(', ')}], runningVariance`,
            norm.runningVariance,
            expected[0] ?? NaN,
          );
        }
      },
    },
  ],
};
export default exercise;
