import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { sumOfSquares } from './index.ts';

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
