import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { adamInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { evenGroups, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { type AdamCase, cases } from './cases.ts';
import { adam, type AdamOptions } from './index.ts';
import * as reference from './reference.ts';

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

/** Runs a case's steps on the GPU and in float64 and compares what moved, not where to: p − p₀ to a few ULP of p. */
async function check(
  on: Gpu,
  { size, steps, gradientScale, ...rest }: AdamCase,
  extra: Partial<AdamOptions & { weightDecay: number }> = {},
) {
  const options = { ...rest, ...extra };
  const start = noise(size, 0);
  const gradients = Array.from({ length: steps }, (_, i) => noise(size, i + 1, gradientScale));
  const state = { parameters: start, m: new Float32Array(size), v: new Float32Array(size) };
  const groups = evenGroups(size, { weightDecay: options.weightDecay });
  const actual = await runKernels(on, { groups }, state, (s) => {
    gradients.forEach((g, i) => adam(on, { ...s, gradients: on.upload(g) }, size, i + 1, options));
  });
  const expected = {
    parameters: Float64Array.from(start),
    m: new Float64Array(size),
    v: new Float64Array(size),
  };
  gradients.forEach((g, i) => reference.adam(expected, g, i + 1, options));
  // Each step rounds p once (2⁻²⁴ of its size, 1); m and v round a few times a step.
  const moved = (parameters: ArrayLike<number>) => Float64Array.from(start, (p, i) => parameters[i]! - p);
  expectClose(
    moved(actual.parameters),
    moved(expected.parameters),
    { relative: 1e-6 * steps, absolute: 2 ** -24 * steps },
    'step',
  );
  expectClose(actual.m, expected.m, { relative: 3e-7 * steps }, 'm');
  expectClose(actual.v, expected.v, { relative: 3e-7 * steps }, 'v');
}

describe('adam', () => {
  it.each(cases)('$name', (testCase) => check(gpu, testCase));

  it.each(cases)('$name equals PyTorch', async (testCase) => {
    const { size, name, gradientScale: _ofTheInputs, ...options } = testCase;
    const { parameters, gradients } = adamInputs(testCase);
    const state = { parameters, m: new Float32Array(size), v: new Float32Array(size) };
    const groups = evenGroups(size, { weightDecay: options.weightDecay });
    const actual = await runKernels(gpu, { groups }, state, (s) => {
      gradients.forEach((g, i) => adam(gpu, { ...s, gradients: gpu.upload(g) }, size, i + 1, options));
    });
    const golden = opGolden('adam', name);
    expectGolden(actual.parameters, golden.get('parameters'), 1e-6);
    expectGolden(actual.m, golden.get('firstMoment'), 1e-6);
    expectGolden(actual.v, golden.get('secondMoment'), 1e-6);
  });

  const [, , tenSteps] = cases;
  if (!tenSteps) throw new Error('the cases begin with three');

  it('decouples weight decay where asked to (AdamW)', () =>
    check(gpu, tenSteps, { weightDecay: 0.1, decoupled: true }));

  it('scales gradients, before it adds weight decay', () =>
    check(gpu, tenSteps, { weightDecay: 0.1, gradientScale: 0.25 }));

  it('works part by part past the limit of a binding', () => check(limited, { ...tenSteps, size: 5000 }));

  it('refuses a step that is none and storages that are too small', async () => {
    const run = (count: number, step: number) =>
      runKernels(gpu, { groups: evenGroups(4) }, { parameters: 4, gradients: 4, m: 4, v: 3 }, (s) =>
        adam(gpu, s, count, step, tenSteps),
      );
    await expect(run(3, 0)).rejects.toThrow(/step = 0 must count from 1/);
    await expect(run(4, 1)).rejects.toThrow(/adam: v has 12 bytes, but 4 elements need 16/);
  });
});
