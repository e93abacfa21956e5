/**
 * Exercise 15: the reader's test is run on graft's own relu, which must pass it, and on mutants of its WGSL, which must not. Results
 * begin as 7 in every place, so that what a mutant does not write can be seen.
 */
import type { Gpu, Kernel } from '../../../../src/gpu/index.ts';
import { mapGrid } from '../../../../src/kernels/elementwise/index.ts';
import { activationKernel } from '../../../../src/kernels/elementwise/activations.wgsl.ts';
import { Mistake, type Bench, type Exercise } from '../exercise.ts';

interface Yours {
  readonly inputs: readonly (readonly number[])[];
  isRight(x: ArrayLike<number>, y: ArrayLike<number>): boolean;
}
type Relu = Kernel<'x' | 'y', string>;

const relu: Relu = activationKernel('relu', 1);

/** relu with a part of its text changed; throws if there is no such part, so that no mutant is the right kernel. */
function mutant(from: string, to: string): Relu {
  if (!relu.code.includes(from)) throw new Error(`relu has no "${from}"`);
  return { ...relu, code: relu.code.replace(from, to) };
}

async function resultOf(gpu: Gpu, kernel: Relu, x: Float32Array): Promise<Float32Array> {
  return gpu.scope(() => {
    const y = gpu.upload(new Float32Array(x.length).fill(7));
    gpu.run(kernel, { x: gpu.upload(x), y }, { count: x.length, walk: 1 }, mapGrid(x.length, 1));
    return gpu.read(y);
  });
}

/** The first of the reader's inputs that does not pass with a kernel. */
async function failing(
  { inputs, isRight }: Yours,
  { gpu }: Bench,
  kernel: Relu,
): Promise<number | undefined> {
  const opened = await gpu();
  for (const [i, input] of inputs.entries()) {
    if (input.length === 0) throw new Mistake(`Your input ${i + 1} is empty: give it a number at least.`);
    const x = Float32Array.from(input);
    if (!isRight(x, await resultOf(opened, kernel, x))) return i;
  }
  return undefined;
}

const kills = (what: string, hint: string, from: string, to: string): Exercise<Yours>['steps'][number] => ({
  holds: `your test kills the mutant that ${what}`,
  hint,
  async check(yours, bench) {
    if ((await failing(yours, bench, mutant(from, to))) === undefined)
      throw new Mistake(`A mutant that ${what} passes your test, whatever of your inputs it is run on.`);
  },
});

const exercise: Exercise<Yours> = {
  task: 'Exercise 15: write a test of relu that five mutants do not survive.',
  steps: [
    {
      holds: "graft's relu passes your test",
      hint: 'max(x, 0) as JavaScript has it is right, NaN included. But NaN is not equal to itself, and an input is rounded to f32.',
      async check(yours, bench) {
        const at = await failing(yours, bench, relu);
        if (at !== undefined) throw new Mistake(`Your test refuses the right kernel, with input ${at + 1}.`);
      },
    },
    kills(
      'makes what is negative positive',
      'Give it negative numbers, and look at what becomes of them: 0, and not only something that is not negative.',
      'y[i] = select(value, f32(0), value <= f32(0))',
      'y[i] = abs(value)',
    ),
    kills(
      'cuts what is above 6',
      'There is such a function, ReLU6. Give it larger numbers, and compare each with what you expect.',
      'y[i] = select(value, f32(0), value <= f32(0))',
      'y[i] = clamp(value, 0.0, 6.0)',
    ),
    kills(
      'leaves the last number out',
      'What it does not write stays 7. Compare every element, the last one too.',
      'if (i < params.count)',
      'if (i + 1u < params.count)',
    ),
    kills(
      'sees nothing after its first 128 numbers',
      'A workgroup has 128 threads. Give it more than one has.',
      'if (i < params.count)',
      'if (i < min(params.count, 128u))',
    ),
    kills(
      'makes NaN a zero',
      'Give it NaN. A network that diverges must show it.',
      'y[i] = select(value, f32(0), value <= f32(0))',
      'y[i] = select(f32(0), value, value > f32(0))',
    ),
  ],
};
export default exercise;
