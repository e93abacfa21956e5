/** Exercise 11: over blocks with rates and decays of their own, the kernel moves parameters as plain loops in float64 do. */
import { adam as reference } from '../../../../src/kernels/adam/reference.ts';
import type { Gpu } from '../../../../src/gpu/index.ts';
import { createRandom } from '../../../../src/random.ts';
import { Mistake, type Bench, type Exercise } from '../exercise.ts';
import type { Options, Storages } from './start.ts';

interface Yours {
  adamw(gpu: Gpu, storages: Storages, count: number, step: number, options: Options): void;
}

/** Blocks of 64 floats with the rate's factor and the decay of each. */
type Blocks = readonly (readonly [rateScale: number, decay: number])[];

const PLAIN: Blocks = [
  [1, 0],
  [1, 0],
  [1, 0],
];
const DECAYING = PLAIN.map(([rateScale]) => [rateScale, 0.1] as const);
const LAYERED: Blocks = [
  [0.2, 0.1],
  [1, 0],
  [0.5, 0.01],
];
const OPTIONS: Options = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** Each step rounds a parameter of at most 1, and a step of about 0.01, to f32. */
const TOLERANCE = 1e-6;

async function check({ adamw }: Yours, bench: Bench, blocks: Blocks, steps: number, size = 1): Promise<void> {
  const gpu = await bench.gpu();
  const count = blocks.length * 64;
  const random = createRandom(11);
  const numbers = (scale: number) =>
    Float32Array.from({ length: count }, () => 2 * scale * (random.uniform() - 0.5));
  const start = numbers(1);
  const gradients = Array.from({ length: steps }, () => numbers(size));
  const found = await gpu.scope(() => {
    const [m, v] = [gpu.upload(new Float32Array(count)), gpu.upload(new Float32Array(count))];
    const [parameters, groups] = [gpu.upload(start), gpu.upload(Float32Array.from(blocks.flat()))];
    gradients.forEach((gradient, i) => {
      adamw(gpu, { parameters, gradients: gpu.upload(gradient), m, v, groups }, count, i + 1, OPTIONS);
    });
    return gpu.read(parameters);
  });
  const expected = Float64Array.from(start);
  blocks.forEach(([rateScale, weightDecay], block) => {
    const [from, to] = [block * 64, block * 64 + 64];
    const state = {
      parameters: expected.subarray(from, to),
      m: new Float64Array(64),
      v: new Float64Array(64),
    };
    const options = {
      ...OPTIONS,
      learningRate: OPTIONS.learningRate * rateScale,
      weightDecay,
      decoupled: true,
    };
    gradients.forEach((gradient, i) => reference(state, gradient.subarray(from, to), i + 1, options));
  });
  const at = expected.findIndex((value, i) => !(Math.abs(value - (found[i] ?? NaN)) <= TOLERANCE * steps));
  if (at < 0) return;
  const moved = (value = NaN) => (value - (start[at] ?? NaN)).toFixed(6);
  const [rateScale, decay] = blocks[Math.floor(at / 64)] ?? [];
  throw new Mistake(
    `In block ${Math.floor(at / 64)}, at ${rateScale} times the rate of ${OPTIONS.learningRate} and with a decay of ${decay}, ${steps === 1 ? 'the first step moves' : `${steps} steps move`} a parameter by ${moved(found[at])}, and should by ${moved(expected[at])}.`,
  );
}

const exercise: Exercise<Yours> = {
  task: 'Exercise 11: complete AdamW.',
  steps: [
    {
      holds: 'the first step is as long as the rate',
      hint: 'After t steps a share of beta ** t of an average is the zero that it began with. Divide the mean by 1 - beta1 ** step, which stepSize can do, and the mean of squares by 1 - beta2 ** step: rootScale stands behind the root.',
      check: (yours, bench) => check(yours, bench, PLAIN, 1),
    },
    {
      holds: 'ten steps, and ten of gradients so small that epsilon counts',
      hint: 'beta1 ** step and beta2 ** step, not beta1 and beta2. And epsilon is added to the corrected root, not before.',
      async check(yours, bench) {
        await check(yours, bench, PLAIN, 10);
        await check(yours, bench, PLAIN, 10, 1e-8);
      },
    },
    {
      holds: 'parameters decay, whatever their slopes',
      hint: 'A parameter first loses params.shrink * decay of itself: parameter * (1.0 - params.shrink * decay). The step goes from there.',
      check: (yours, bench) => check(yours, bench, DECAYING, 10),
    },
    {
      holds: 'each block learns at its own rate',
      hint: 'rateScale is a factor of the learning rate, which stands in two places: before the mean, and in what decays.',
      check: (yours, bench) => check(yours, bench, LAYERED, 10),
    },
  ],
};
export default exercise;
