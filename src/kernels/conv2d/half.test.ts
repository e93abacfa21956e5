/** The forward convolution on tensors stored in f16, against plain loops over inputs that were rounded to f16 first. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { fromHalf, toHalf } from '../../../test/support/half.ts';
import { expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { forward as normalise, invStdOf } from '../batch-norm/reference.ts';
import { hasHalf } from '../dtype.ts';
import { cases } from './cases.ts';
import {
  chooseAlgorithm,
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dForward,
  forwardPass,
  outputSize,
  type Conv2dShape,
  type ForwardAlgorithm,
} from './index.ts';
import { conv2dForwardReference } from './reference.ts';
import { sumTolerance, termsOf } from './reference.ts';

const EPS = 1e-5;
/** Half a step of f16's eleven bits for a result in a power of two's upper half, a whole one where an adapter rounds down. */
const STORED = 2 ** -10;

let gpu: Gpu;
let half: boolean;
beforeAll(async () => {
  gpu = await testGpu();
  half = hasHalf(gpu);
  if (!half) console.log('conv2d: this adapter has no shader-f16, so that only refusals are tested');
});

const inHalf = (shape: Conv2dShape): Conv2dShape => ({ ...shape, dtype: 'f16' });
const suitable = (shape: Conv2dShape, on = gpu) =>
  forwardPass.algorithms.filter(({ suits }) => suits(on, inHalf(shape)));

function inputs(shape: Conv2dShape) {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, r, s } = shape;
  return {
    x: toHalf(noise(n * h * w * c, 1)),
    weight: toHalf(noise(r * s * c * k, 2)),
    residual: toHalf(noise(n * oh * ow * k, 7)),
    affine: { mean: noise(k, 3), variance: noise(k, 4, 0.9, 1), gamma: noise(k, 5), beta: noise(k, 6) },
  };
}

/** y of a convolution, with batch norm, shortcut and ReLU after it where `after`. */
async function run(on: Gpu, shape: Conv2dShape, algorithm: ForwardAlgorithm, after: boolean) {
  const { x, weight, residual, affine } = inputs(shape);
  const given = { x: x.words, weight: weight.words, residual: residual.words, ...affine };
  const { y } = await runKernels(
    on,
    given,
    { y: given.residual.length },
    ({ x, weight, residual, y, ...affine }) => {
      const norm = after ? { ...affine, eps: EPS, residual, relu: true } : undefined;
      conv2dForward(on, { x, weight, y, norm }, inHalf(shape), algorithm);
    },
  );
  return fromHalf(y, residual.numbers.length);
}

/** Those that f16 takes; of ResNet-18's, which differ in size alone, the first of each kind. */
const fours = cases.filter(
  ({ name, c, k }) => k % 4 === 0 && (c % 4 === 0 || c % 4 === 3) && !/resnet18-layer[34]/.test(name),
);

describe('conv2d in f16, every algorithm', () => {
  it.each(fours)('$name equals the plain loops', async (shape) => {
    if (!half) return;
    const { x, weight, residual, affine } = inputs(shape);
    const sums = conv2dForwardReference(x.numbers, weight.numbers, shape);
    const { gamma, beta, mean, variance } = affine;
    const invStd = invStdOf(Float64Array.from(variance), EPS);
    const sizes = { rows: sums.length / shape.k, channels: shape.k };
    const finished = normalise(
      sums,
      { ...sizes, mean, invStd, weight: gamma, bias: beta },
      { residual: residual.numbers, relu: true },
    );
    const relativeOf = ({ errorGrowth = 1 }: ForwardAlgorithm) =>
      sumTolerance(termsOf(shape).forward) * errorGrowth + STORED;
    const chosen = chooseAlgorithm(gpu, forwardPass, inHalf(shape));
    const algorithms = suitable(shape);
    expect(algorithms).toContain(chosen);
    expectClose(await run(gpu, shape, chosen, false), sums, { relative: relativeOf(chosen) }, chosen.name);
    for (const algorithm of algorithms) {
      const y = await run(gpu, shape, algorithm, true);
      expectClose(y, finished, { relative: relativeOf(algorithm) }, `${algorithm.name}, finished`);
    }
  });

  it('works in parts where the batch exceeds a binding', async () => {
    if (!half) return;
    const small = await testGpu({ maxBindingBytes: 5 * 16 * 8 * 8 * 2 });
    const shape = { n: 9, h: 16, w: 8, c: 4, k: 8, r: 3, s: 3, padding: 1 };
    for (const stride of [1, 2])
      for (const algorithm of suitable({ ...shape, stride }, small)) {
        const inParts = await run(small, { ...shape, stride }, algorithm, true);
        const whole = await run(gpu, { ...shape, stride }, algorithm, true);
        // The same sums but for Winograd's transformed tiles, and a rounding that falls on the other side.
        expectClose(inParts, whole, { relative: STORED }, algorithm.name);
      }
  });

  it('lets what f16 cannot hold become infinite', async () => {
    if (!half) return;
    const shape = { n: 1, h: 1, w: 1, c: 4, k: 4, r: 1, s: 1, stride: 1, padding: 0, dtype: 'f16' } as const;
    const x = toHalf(Float32Array.of(1000, 0, 0, 0));
    const weight = toHalf(Float32Array.from({ length: 16 }, (_, i) => [60, 132, -132, 0][i] ?? 0));
    const { y } = await runKernels(gpu, { x: x.words, weight: weight.words }, { y: 2 }, (s) =>
      conv2dForward(gpu, s, shape),
    );
    expect([...fromHalf(y, 4)]).toEqual([60_000, Infinity, -Infinity, 0]);
  });
});

describe('conv2d in f16', () => {
  const shape = { n: 1, h: 1, w: 1, c: 4, k: 4, r: 1, s: 1, stride: 1, padding: 0, dtype: 'f16' } as const;

  it('refuses channels that do not come in fours, and gradients', () => {
    const storage = gpu.temporary(64);
    const forward = (changed: Partial<Conv2dShape>) => () =>
      conv2dForward(gpu, { x: storage, weight: storage, y: storage }, { ...shape, ...changed });
    expect(forward({ c: 1 })).toThrow(/f16 takes channels in multiples of four, not 1 in and 4 out/);
    expect(forward({ k: 6 })).toThrow(/not 4 in and 6 out/);
    const gradients = { x: storage, dy: storage, weight: storage, dx: storage, dWeight: storage };
    expect(() => conv2dBackwardData(gpu, gradients, shape)).toThrow('gradients are computed in f32 alone');
    expect(() => conv2dBackwardWeight(gpu, gradients, shape)).toThrow('gradients are computed in f32 alone');
  });

  it('refuses a tensor that holds too few', () => {
    const [right, small] = [gpu.temporary(32), gpu.temporary(4)];
    const run = () => conv2dForward(gpu, { x: small, weight: right, y: right }, shape);
    expect(run).toThrow('x has 4 bytes; its shape needs 8');
  });
});
