import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { maxPoolInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { fromHalf, toHalf } from '../../../test/support/half.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { hasHalf } from '../dtype.ts';
import { cases } from './cases.ts';
import { maxPoolArgmaxBytes, maxPoolBackward, maxPoolForward, type MaxPoolShape } from './index.ts';
import * as reference from './reference.ts';

const EXACT = { relative: 0 };
const SUMMED = { relative: 1e-6 }; // f32, at most 25 terms

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

const sizeOf = ({ n, h, w, c }: MaxPoolShape) => n * h * w * c;

/** Values in steps of a half within ±1, so that most windows tie. */
const tied = (values: Float32Array) => values.map((value) => Math.floor(value * 2) / 2);

/** Runs both directions and compares them with the reference. */
async function check(on: Gpu, shape: MaxPoolShape, x: Float32Array): Promise<void> {
  const expected = reference.forward(x, shape);
  const dy = noise(expected.y.length, 2);
  const outputs = { y: dy.length, argmax: maxPoolArgmaxBytes(shape) / 4, dx: x.length };
  const { y, dx } = await runKernels(on, { x, dy }, outputs, (s) => {
    maxPoolForward(on, s, shape);
    maxPoolBackward(on, s, shape);
  });
  expectClose(y, expected.y, EXACT, 'y');
  expectClose(dx, reference.backward(dy, expected.source, x.length), SUMMED, 'dx');
}

describe.each(cases)('max-pool: $name', (shape) => {
  const x = noise(sizeOf(shape), 1);

  it('forward and backward', () => check(gpu, shape, shape.ties ? tied(x) : x));

  it('equals PyTorch', async () => {
    const { x, gradOutput: dy } = maxPoolInputs(shape);
    const outputs = { y: dy.length, argmax: maxPoolArgmaxBytes(shape) / 4, dx: x.length };
    const { y, dx } = await runKernels(gpu, { x, dy }, outputs, (s) => {
      maxPoolForward(gpu, s, shape);
      maxPoolBackward(gpu, s, shape);
    });
    const golden = opGolden('max-pool', shape.name);
    expectGolden(y, golden.get('y'), 0);
    expectGolden(dx, golden.get('gradInput'), 1e-6);
  });

  it('forward without the index', async () => {
    const { y: expected } = reference.forward(x, shape);
    const { y } = await runKernels(gpu, { x }, { y: expected.length }, (s) => maxPoolForward(gpu, s, shape));
    expectClose(y, expected, EXACT, 'y');
  });
});

describe('max-pool in f16', () => {
  it.each(cases.filter(({ c }) => c % 4 === 0))('$name', async (shape) => {
    if (!hasHalf(gpu)) return console.log('max-pool: this adapter has no shader-f16');
    const values = noise(sizeOf(shape), 1);
    const x = toHalf(shape.ties ? tied(values) : values);
    const { y: expected } = reference.forward(x.numbers, shape);
    const { y } = await runKernels(gpu, { x: x.words }, { y: expected.length / 2 }, (s) =>
      maxPoolForward(gpu, s, { ...shape, dtype: 'f16' }),
    );
    expectClose(fromHalf(y, expected.length), expected, EXACT, 'y');
  });

  it('refuses channels that do not come in fours, tensors that are too small, and gradients', () => {
    const shape = { n: 1, h: 2, w: 2, c: 4, kernel: 2, stride: 2, padding: 0, dtype: 'f16' } as const;
    const [x, y] = [gpu.temporary(32), gpu.temporary(4)];
    expect(() => maxPoolForward(gpu, { x, y }, { ...shape, c: 3 })).toThrow('multiples of four, not 3');
    expect(() => maxPoolForward(gpu, { x, y }, shape)).toThrow('y has 4 bytes, but 4 elements need 8');
    expect(() => maxPoolBackward(gpu, { dy: y, argmax: y, dx: x }, shape)).toThrow('in f32 alone');
  });
});

describe('max-pool', () => {
  const small: MaxPoolShape = { n: 2, h: 5, w: 4, c: 3, kernel: 3, stride: 2, padding: 1 };

  it('takes NaN for the maximum and minus infinity for a value, as PyTorch does', async () => {
    const x = noise(sizeOf(small), 1);
    x.set([NaN, -Infinity, Infinity], 0);
    x.fill(-Infinity, 60);
    x[30] = NaN;
    await check(gpu, small, x);
  });

  it.each([0, 1])('shares the columns of 2×2 windows a pixel apart, padding %i', async (padding) => {
    const shape: MaxPoolShape = { n: 2, h: 7, w: 6, c: 8, kernel: 2, stride: 1, padding };
    await check(gpu, shape, tied(noise(sizeOf(shape), 1)));
  });

  it('has a kernel for windows whose taps no byte can number', async () => {
    const shape: MaxPoolShape = { n: 1, h: 19, w: 18, c: 4, kernel: 17, stride: 2, padding: 8 };
    await check(gpu, shape, noise(sizeOf(shape), 1));
  });

  it.each([1, 3, 4, 64])('works image by image past the limit of a binding, %i channels', async (c) => {
    const shape = { ...small, n: 100, h: 4, w: 4, c };
    await check(limited, shape, noise(sizeOf(shape), 1));
  });

  it('has the gradient that finite differences give', async () => {
    const x = noise(sizeOf(small), 3);
    const dy = noise(reference.forward(x, small).y.length, 4);
    const argmax = maxPoolArgmaxBytes(small) / 4;
    const { dx } = await runKernels(gpu, { x, dy }, { y: dy.length, argmax, dx: x.length }, (s) => {
      maxPoolForward(gpu, s, small);
      maxPoolBackward(gpu, s, small);
    });
    const expected = centralDifferences((v) => dot(reference.forward(v, small).y, dy), x, 1e-5);
    expectClose(dx, expected, { relative: 1e-5 });
  });

  it('refuses shapes that make no sense', async () => {
    const run = (shape: Partial<MaxPoolShape>) =>
      runKernels(gpu, { x: noise(120, 1) }, { y: 36 }, (s) => maxPoolForward(gpu, s, { ...small, ...shape }));
    await expect(run({ padding: 2 })).rejects.toThrow(/padding = 2 must be .* at most half the kernel/);
    await expect(run({ kernel: 9 })).rejects.toThrow(/9×9 window does not fit 5×4 pixels/);
    await expect(run({ stride: 0 })).rejects.toThrow(/stride = 0/);
    await expect(run({ n: 3 })).rejects.toThrow(/maxPoolForward: x has 480 bytes, but 180 elements/);
  });
});
