import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { clipInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { clipCases } from './cases.ts';
import { BINS, clipFactor, LEAST_EXPONENT, magnitudes, sumOfSquares } from './index.ts';

const TOLERANCE = { relative: 1e-6 }; // f32 sums of positive terms, in groups of at most 64

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 1024 });
});

const sum = async (on: Gpu, x: Float32Array) =>
  (await runKernels(on, { x }, { result: 1 }, (s) => sumOfSquares(on, s, x.length))).result;

describe('sum of squares', () => {
  it.each([1, 3, 64, 1023, 4096, 4097, 300_004, 300_005])('of %i floats', async (count) => {
    const x = noise(count, 1);
    expectClose(await sum(gpu, x), [dot(x, x)], TOLERANCE);
  });

  it.each([5000, 5001])('of %i floats, part by part past the limit of a binding', async (count) => {
    const x = noise(count, 1);
    expectClose(await sum(limited, x), [dot(x, x)], TOLERANCE);
  });

  it.each([NaN, Infinity, -Infinity])('is not finite where an element is %f', async (bad) => {
    const x = noise(5000, 1);
    x[4321] = bad;
    expect((await sum(gpu, x))[0]).not.toSatisfy(Number.isFinite);
  });

  it('refuses storages that are too small', async () => {
    const run = runKernels(gpu, { x: noise(3, 1) }, { result: 1 }, (s) => sumOfSquares(gpu, s, 4));
    await expect(run).rejects.toThrow(/sumOfSquares: x has 12 bytes, but 4 elements need 16/);
  });
});

describe('magnitudes', () => {
  const count = async (on: Gpu, x: Float32Array) =>
    [...new Uint32Array((await runKernels(on, { x }, { counts: BINS }, (s) => magnitudes(on, s, x.length))).counts.buffer)]; // prettier-ignore

  /** The same by arithmetic, which knows nothing of a float's bits. */
  function expected(x: Float32Array): number[] {
    const counts = new Array<number>(BINS).fill(0);
    for (const value of x) {
      const size = Math.abs(value);
      let [bin, power] = [1, 2 ** (LEAST_EXPONENT + 1)];
      while (size >= power && bin < BINS - 2) [bin, power] = [bin + 1, 2 * power];
      counts[!Number.isFinite(size) ? BINS - 1 : size < 2 ** -126 ? 0 : bin]! += 1; // a bin of the histogram
    }
    return counts;
  }

  it.each([1, 63, 4096, 4097, 300_005])('of %i floats', async (size) => {
    const x = noise(size, 1).map((value, i) => (i % 5 === 0 ? 0 : value * 2 ** ((i % 90) - 50)));
    expect(await count(gpu, x)).toEqual(expected(x));
  });

  it('of what lies on a boundary, below all normal floats, and beyond all', async () => {
    const powers = [1, 2, 0.5, -1, -0, 2 ** -41, 2 ** -42, 2 ** -126, 2 ** -127, 2 ** 20, 2 ** 21, 3e38];
    const x = Float32Array.of(...powers, NaN, Infinity, -Infinity);
    const counts = await count(gpu, x);
    expect(counts).toEqual(expected(x));
    expect(counts[0]).toBe(2); // the zero, and the one below
    expect(counts[BINS - 1]).toBe(3);
  });

  it('part by part past the limit of a binding', async () => {
    const x = noise(5000, 1);
    expect(await count(limited, x)).toEqual(expected(x));
  });
});

describe('clip factor', () => {
  const factorOf = async (
    gradients: Float32Array,
    options: { readonly maxNorm: number; readonly gradientScale?: number },
  ) => {
    const { factor } = await runKernels(gpu, { gradients }, { factor: 1 }, (s) =>
      clipFactor(gpu, s, gradients.length, options),
    );
    return factor[0]!; // of one element
  };

  it.each(clipCases)('$name equals PyTorch', async (testCase) => {
    const gradients = clipInputs(testCase);
    const factor = await factorOf(gradients, testCase);
    const clipped = gradients.map((gradient) => gradient * factor);
    expectGolden(clipped, opGolden('clip-grad-norm', testCase.name).get('clipped'), 1e-6);
  });

  it('is exactly 1 where the norm is small enough', async () => {
    expect(await factorOf(noise(100, 1), { maxNorm: 1000 })).toBe(1);
  });

  it('clips what is left after scaling', async () => {
    const gradients = noise(1000, 1);
    const half = await factorOf(
      gradients.map((g) => g / 2),
      { maxNorm: 1 },
    );
    expect(await factorOf(gradients, { maxNorm: 1, gradientScale: 0.5 })).toBeCloseTo(half, 6);
    expect(half).toBeLessThan(0.5);
  });
});
