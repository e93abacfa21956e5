import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { evenGroups, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { sgd, type SgdOptions } from './index.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** Three steps in float64. */
function reference(
  start: Float32Array,
  gradients: readonly Float32Array[],
  options: SgdOptions & { readonly weightDecay: number },
): Float64Array {
  const velocity = new Float64Array(start.length);
  const parameters = Float64Array.from(start);
  for (const g of gradients)
    parameters.forEach((p, i) => {
      const gradient = g[i]! * (options.gradientScale ?? 1) + options.weightDecay * p; // all of one size
      velocity[i] = options.momentum * velocity[i]! + gradient;
      parameters[i] = p - options.learningRate * velocity[i]!;
    });
  return parameters;
}

describe('sgd', () => {
  it.each([
    { size: 1, learningRate: 0.1, momentum: 0, weightDecay: 0 },
    { size: 1023, learningRate: 0.1, momentum: 0.9, weightDecay: 0 },
    { size: 4100, learningRate: 0.05, momentum: 0.9, weightDecay: 0.01, gradientScale: 0.5 },
  ])('$size parameters, momentum $momentum, weight decay $weightDecay', async ({ size, ...options }) => {
    const start = noise(size, 0);
    const gradients = [1, 2, 3].map((seed) => noise(size, seed));
    const state = { parameters: start, velocity: new Float32Array(size) };
    const groups = evenGroups(size, options);
    const { parameters } = await runKernels(gpu, { groups }, state, (s) => {
      for (const g of gradients) sgd(gpu, { ...s, gradients: gpu.upload(g) }, size, options);
    });
    // Three steps of three roundings each.
    expectClose(parameters, reference(start, gradients, options), { relative: 9 * 2 ** -24 });
  });

  it('refuses storages that are too small', async () => {
    const run = runKernels(
      gpu,
      { groups: evenGroups(4) },
      { parameters: 4, gradients: 3, velocity: 4 },
      (s) => sgd(gpu, s, 4, { learningRate: 1, momentum: 0 }),
    );
    await expect(run).rejects.toThrow(/sgd: gradients has 12 bytes, but 4 elements need 16/);
  });
});
