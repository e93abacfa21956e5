/** Exercise 9: GELU's values are those of plain loops, and its gradient is the slope that central differences measure on them. */
import { gradientOf, Tensor } from '../../../../src/autograd/index.ts';
import * as reference from '../../../../src/kernels/elementwise/reference.ts';
import { Mistake, type Bench, type Exercise } from '../exercise.ts';

interface Yours {
  gelu(x: Tensor): Tensor;
}

const PLACES = Float32Array.of(0, 1, -1, 0.5, -0.5, 2, -3);
/** The most that f32 and the difference's own error leave between a slope and its measurement, and between two values. */
const TOLERANCE = { slope: 1e-3, value: 1e-5 };

async function gradient({ gelu }: Yours, bench: Bench, x: Float32Array, dy: Float32Array) {
  const gpu = await bench.gpu();
  return gpu.scope(() => {
    const input = new Tensor(gpu, [x.length], gpu.upload(x), true);
    return gradientOf(gelu(input), input, new Tensor(gpu, [x.length], gpu.upload(dy))).read();
  });
}

async function valuesOf({ gelu }: Yours, bench: Bench, x: Float32Array): Promise<Float32Array> {
  const gpu = await bench.gpu();
  return gpu.scope(() => gelu(new Tensor(gpu, [x.length], gpu.upload(x))).read());
}

/** `dyOf` says what the result moves by for each unit of y[i]. */
async function checkSlopes(yours: Yours, bench: Bench, dyOf: (i: number) => number): Promise<void> {
  const h = 1 / 64;
  const dy = PLACES.map((_, i) => dyOf(i));
  const found = await gradient(yours, bench, PLACES, dy);
  const up = await valuesOf(yours, bench, PLACES.map((x) => x + h)); // prettier-ignore
  const down = await valuesOf(yours, bench, PLACES.map((x) => x - h)); // prettier-ignore
  for (const [i, x] of PLACES.entries()) {
    const [weight = NaN, slope = NaN] = [dy[i], found[i]];
    const measured = (weight * ((up[i] ?? NaN) - (down[i] ?? NaN))) / (2 * h);
    if (Math.abs(slope - measured) <= TOLERANCE.slope) continue; // NaN goes on
    const told = weight === 1 ? '' : `, where y is told ${weight}`;
    throw new Mistake(
      `At x = ${x}${told}: dx is ${slope.toFixed(3)}, but nudging x moves the result by ${measured.toFixed(3)} for each unit.`,
    );
  }
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 9: give GELU its way back.',
  steps: [
    {
      holds: 'its values are x · Φ(x)',
      hint: 'This was right before you began: y[i] = x[i] * share(x[i]).',
      async check(yours, bench) {
        const expected = reference.activate('gelu', PLACES);
        const found = await valuesOf(yours, bench, PLACES);
        for (const [i, x] of PLACES.entries())
          if (!(Math.abs((found[i] ?? NaN) - (expected[i] ?? NaN)) <= TOLERANCE.value))
            throw new Mistake(
              `gelu(${x}) is ${found[i]?.toFixed(4)} and should be ${expected[i]?.toFixed(4)}.`,
            );
      },
    },
    {
      holds: 'its slope is the one that central differences measure',
      hint: "In a product each factor is the other one's slope, times how fast it moves itself: x moves by 1 and Φ(x) by bell(x). Add up both.",
      check: (yours, bench) => checkSlopes(yours, bench, () => 1),
    },
    {
      holds: 'slopes along the path multiply',
      hint: 'y is not the end of the network: the loss moves by dy[i] for each unit of y[i]. Multiply all of it by dy[i].',
      check: (yours, bench) => checkSlopes(yours, bench, (i) => (i % 2 === 0 ? -2.5 : 0.5)),
    },
    {
      holds: 'one element, a vector of four, and more than a workgroup',
      hint: 'Kernels are made for f32 and for vec4f: use i for all arrays alike, and write no number of elements down.',
      async check(yours, bench) {
        for (const count of [1, 4, 5, 1027]) {
          const x = Float32Array.from({ length: count }, (_, i) => 3 * Math.sin(i));
          const dy = Float32Array.from({ length: count }, (_, i) => Math.cos(i));
          const expected = reference.activateBackward('gelu', dy, x);
          const found = await gradient(yours, bench, x, dy);
          const at = expected.findIndex(
            (value, i) => !(Math.abs(value - (found[i] ?? NaN)) <= TOLERANCE.value),
          );
          if (at >= 0)
            throw new Mistake(
              `Of ${count} elements, dx[${at}] is ${found[at]?.toFixed(4)} and should be ${expected[at]?.toFixed(4)}.`,
            );
        }
      },
    },
  ],
};
export default exercise;
