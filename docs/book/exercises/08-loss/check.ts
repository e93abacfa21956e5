/** Exercise 8: loss and gradient are those of the plain loops that graft's kernel is tested with, for large logits too. */
import { softmaxCrossEntropy } from '../../../../src/kernels/loss/reference.ts';
import { Mistake, type Exercise } from '../exercise.ts';

interface Yours {
  crossEntropy(logits: readonly number[], label: number): { loss: number; gradient: readonly number[] };
}

const SMALL = [
  [0.5, -1, 2],
  [0, 0],
  [-3, 1, 0.25, 2],
] as const;
const LARGE = [
  [1000, 0],
  [0, 1000, -1000],
  [-2000, -2000],
  [800, 799],
] as const;

const near = (found: number | undefined, expected: number): boolean =>
  found !== undefined && Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected));

function check(
  { crossEntropy }: Yours,
  all: readonly (readonly number[])[],
  what: 'loss' | 'gradient',
): void {
  for (const logits of all)
    for (const label of logits.keys()) {
      const shape = { n: 1, classes: logits.length };
      const { loss, dLogits } = softmaxCrossEntropy(logits, [label], shape);
      const found = crossEntropy(logits, label);
      const of = `Logits [${logits.join(', ')}], right class ${label}`;
      if (what === 'loss' && !near(found.loss, loss))
        throw new Mistake(`${of}: the loss is ${found.loss} and should be ${loss}.`);
      if (what === 'loss') continue;
      dLogits.forEach((slope, i) => {
        const yours = found.gradient[i];
        if (!near(yours, slope))
          throw new Mistake(
            `${of}: the slope of logit ${i} is ${yours?.toFixed(4)} and should be ${slope.toFixed(4)}.`,
          );
      });
    }
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 8: a loss and a gradient that no logits can break.',
  steps: [
    {
      holds: 'the loss of small logits',
      hint: 'This was right before you began: −log of the share of the right class.',
      check: (yours) => check(yours, SMALL, 'loss'),
    },
    {
      holds: 'the gradient of small logits',
      hint: 'If the right class had all of the share, its slope should be 0. What has to be subtracted from it?',
      check: (yours) => check(yours, SMALL, 'gradient'),
    },
    {
      holds: 'the loss of large logits',
      hint: 'Subtract the largest logit from all of them first; then take the log of the sum, and do not divide before it.',
      check: (yours) => check(yours, LARGE, 'loss'),
    },
    {
      holds: 'the gradient of large logits',
      hint: 'It needs the powers of the same differences that the loss does.',
      check: (yours) => check(yours, LARGE, 'gradient'),
    },
  ],
};
export default exercise;
