/**
 * Exercise 13: graft's matrices for the reader's points, in two dimensions and over 64 channels, rounded to f32 after every
 * operation, beside the same sums in f64. Errors are root mean squares, as shares of the outputs' own.
 */
import { linearMap } from '../../../../src/kernels/conv2d/winograd/linear-map.ts';
import { transpose, winograd, type Matrix } from '../../../../src/kernels/conv2d/winograd/matrices.ts';
import { createRandom } from '../../../../src/random.ts';
import { Mistake, type Exercise } from '../exercise.ts';

interface Yours {
  readonly points: readonly number[];
}

type Round = (value: number) => number;

const [OUTPUTS, INPUTS, TAPS] = [4, 6, 3];
const [TILES, CHANNELS] = [24, 64];
const TEXTBOOK = [0, 1, -1, 2, -2];

const random = createRandom(13);
const square = (side: number): Matrix =>
  Array.from({ length: side }, () =>
    Array.from({ length: side }, () => Math.fround(2 * random.uniform() - 1)),
  );
const each = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const filters = each(CHANNELS, () => square(TAPS));
const tiles = each(TILES, () => each(CHANNELS, () => square(INPUTS)));

/** a · b, rounded after each operation. */
const product = (a: Matrix, b: Matrix, round: Round): Matrix => {
  const columns = transpose(b);
  return a.map((row) =>
    columns.map((column) =>
      row.reduce((sum, value, i) => round(sum + round(round(value) * round(column[i] ?? NaN))), 0),
    ),
  );
};
const onBothSides = (matrix: Matrix, tile: Matrix, round: Round): Matrix =>
  product(product(matrix, tile, round), transpose(matrix), round);

/** The 4 × 4 outputs of a tile by Winograd's way, summed over channels before they are transformed back. */
function convolve(tile: readonly Matrix[], points: readonly number[], round: Round): number[] {
  const { at, g, bt } = winograd(OUTPUTS as 4, points);
  const sums = tile.reduce<number[]>((sums, channel, c) => {
    const d = onBothSides(bt, channel, round).flat();
    const w = onBothSides(g, filters[c] ?? [], round).flat();
    return d.map((value, i) => round((sums[i] ?? 0) + round(value * (w[i] ?? NaN))));
  }, []);
  const rows = each(INPUTS, () => sums.splice(0, INPUTS));
  return onBothSides(at, rows, round).flat();
}

/** The same as sums of products, in f64. */
const exact = tiles.map((tile) =>
  Array.from({ length: OUTPUTS * OUTPUTS }, (_, place) => {
    const [row, column] = [Math.floor(place / OUTPUTS), place % OUTPUTS];
    let sum = 0;
    tile.forEach((channel, c) =>
      filters[c]?.forEach((weights, i) =>
        weights.forEach((weight, j) => (sum += weight * (channel[row + i]?.[column + j] ?? NaN))),
      ),
    );
    return sum;
  }),
);

function errorOf(points: readonly number[], round: Round): number {
  let [wrong, whole] = [0, 0];
  tiles.forEach((tile, t) =>
    convolve(tile, points, round).forEach((found, i) => {
      const expected = exact[t]?.[i] ?? NaN;
      [wrong, whole] = [wrong + (found - expected) ** 2, whole + expected ** 2];
    }),
  );
  return Math.sqrt(wrong / whole);
}

function holdTo(share: number, { points }: Yours): void {
  const [yours, textbook] = [errorOf(points, Math.fround), errorOf(TEXTBOOK, Math.fround)];
  if (yours <= share * textbook) return;
  const times = (yours / textbook).toFixed(2);
  throw new Mistake(
    `In f32 your points [${points.join(', ')}] are off by ${times} times what [${TEXTBOOK.join(', ')}] are; at most ${share.toFixed(2)} are allowed.`,
  );
}

/** Multiplications by a number other than ±1 in the WGSL of a matrix. */
const multiplications = (matrix: Matrix): number =>
  linearMap(
    matrix,
    (matrix[0] ?? []).map((_, i) => `d${i}`),
    't',
  ).match(/fma|\*/g)?.length ?? 0;

const exercise: Exercise<Yours> = {
  task: 'Exercise 13: choose the points of a Winograd convolution.',
  steps: [
    {
      holds: 'five points make a convolution, on paper',
      hint: 'There have to be five numbers, and no two may be equal.',
      check({ points }) {
        const different = new Set(points).size;
        if (points.length !== 5 || different !== 5)
          throw new Mistake(`There are ${points.length} points, ${different} of them different.`);
        const error = errorOf(points, (value) => value);
        if (!(error < 1e-9))
          throw new Mistake(`Even in f64 the outputs are off by ${error.toExponential(0)}.`);
      },
    },
    {
      holds: "in f32 they are as good as the textbooks'",
      hint: 'Powers go up to the fourth: keep points near 0, on both sides of it.',
      check: (yours) => holdTo(1, yours),
    },
    {
      holds: 'they come in pairs ±p, which share their work',
      hint: 'Take 0, and two numbers with either sign. linear-map.ts computes the even and the odd powers of a pair once.',
      check({ points }) {
        const [yours, textbook] = [points, TEXTBOOK].map((of) =>
          multiplications(transpose(winograd(4, of).at)),
        );
        const alone = points.filter((point) => !points.some((other) => other === -point));
        if (alone.length > 0)
          throw new Mistake(
            `[${alone.join(', ')}] have no partner, and evaluating takes ${yours} multiplications in place of ${textbook}.`,
          );
      },
    },
    {
      holds: 'their error is at most three fifths of that',
      hint: 'The powers of 2 are far from 1, and so are those of 1/2. Which two numbers have all their powers as near to 1 as can be, and still lie apart?',
      check: (yours) => holdTo(0.6, yours),
    },
  ],
};
export default exercise;
