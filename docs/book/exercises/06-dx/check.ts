/** Exercise 6: dx is that of conv2d's plain loops, at those of its cases that plain loops are quick with. */
import { cases, type Conv2dCase } from '../../../../src/kernels/conv2d/cases.ts';
import { conv2dFlops, outputSize, type Conv2dShape } from '../../../../src/kernels/conv2d/index.ts';
import { conv2dBackwardDataReference } from '../../../../src/kernels/conv2d/reference.ts';
import { createRandom } from '../../../../src/random.ts';
import { Mistake, type Exercise } from '../exercise.ts';

interface Yours {
  backwardData(dy: Float32Array, weight: Float32Array, shape: Conv2dShape): Float64Array;
}

/** FLOPs of a case that takes plain loops a moment. */
const QUICK = 500_000;
const quick = cases.filter((shape) => conv2dFlops(shape) < QUICK);
/** The sums are of the same products, in f64, in another order. */
const TOLERANCE = 1e-9;

function check({ backwardData }: Yours, shape: Conv2dCase): void {
  const { name, n, h, w, c, k, r, s, stride } = shape;
  const { oh, ow } = outputSize(shape);
  const random = createRandom(6);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.uniform() - 0.5);
  const [dy, weight] = [numbers(n * oh * ow * k), numbers(r * s * c * k)];
  const expected = conv2dBackwardDataReference(dy, weight, shape);
  const found = backwardData(dy, weight, shape);
  const at = expected.findIndex((value, i) => !(Math.abs(value - (found[i] ?? NaN)) <= TOLERANCE));
  if (at < 0) return;
  const pixel = Math.floor(at / c);
  const where = `dx[${Math.floor(pixel / w) % h}, ${pixel % w}]`;
  throw new Mistake(
    `"${name}", ${h} × ${w} pixels, a window of ${r} × ${s}, stride ${stride}: ${where} is ${(found[at] ?? NaN).toFixed(4)} and should be ${expected[at]?.toFixed(4)}.`,
  );
}

const where = (
  holds: string,
  hint: string,
  is: (shape: Conv2dCase) => boolean,
): Exercise<Yours>['steps'][number] => ({
  holds: `${quick.filter(is).length} cases ${holds}`,
  hint,
  check: (yours) => quick.filter(is).forEach((shape) => check(yours, shape)),
});

const exercise: Exercise<Yours> = {
  task: "Exercise 6: collect a convolution's dx at any stride.",
  steps: [
    where(
      'with stride 1',
      'These were right before you began. At stride 1, dividing by the stride must change nothing.',
      ({ stride }) => stride === 1,
    ),
    where(
      'with stride 2',
      'row = oy · stride + i − padding. Solve for oy; if it is not a whole number, no output has seen the pixel through weight i.',
      ({ stride }) => stride === 2,
    ),
    where(
      'with larger strides',
      'Where the window is narrower than the stride, some pixels are seen by nobody, and their dx is 0.',
      ({ stride }) => stride > 2,
    ),
  ],
};
export default exercise;
