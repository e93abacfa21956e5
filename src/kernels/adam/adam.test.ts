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
  // Each step rounds p once (2⁻²⁴ of its size, 1); m and v round a few times per step.
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

  it.each([
    ['in one part', () => gpu],
    ['part by part', () => limited],
  ])('takes rate and decay of each block of 64 from its group, %s', async (_name, device) => {
    const on = device();
    const size = 5000;
    const options = { ...tenSteps, decoupled: true };
    const start = noise(size, 0);
    const gradient = noise(size, 1);
    const blocks = Math.ceil(size / 64);
    const groups = Float32Array.from({ length: 2 * blocks }, (_, i) => ((i * 7) % 5) / 4);
    const state = { parameters: start, m: new Float32Array(size), v: new Float32Array(size) };
    const { parameters } = await runKernels(on, { groups, gradient }, state, ({ gradient, ...s }) =>
      adam(on, { ...s, gradients: gradient }, size, 1, options),
    );
    const moved = start.map((value, i) => parameters[i]! - value); // of one size
    const expected = Float64Array.from(start);
    for (let block = 0; block < blocks; block++) {
      const [rateScale, weightDecay] = [groups[2 * block]!, groups[2 * block + 1]!]; // two for every block
      const part = expected.subarray(block * 64, block * 64 + 64);
      const zeros = { m: new Float64Array(part.length), v: new Float64Array(part.length) };
      reference.adam({ parameters: part, ...zeros }, gradient.subarray(block * 64), 1, {
        ...options,
        learningRate: options.learningRate * rateScale,
        weightDecay,
      });
    }
    // p, of size 1 at most, is rounded three times: what is kept, its product and the difference.
    const tolerance = { relative: 1e-6, absolute: 3 * 2 ** -25 };
    expectClose(
      moved,
      expected.map((value, i) => value - start[i]!),
      tolerance,
    );
  });

  it('multiplies gradients by the clip factor', async () => {
    const { size } = tenSteps;
    const state = () => ({
      parameters: noise(size, 0),
      m: new Float32Array(size),
      v: new Float32Array(size),
    });
    const inputs = { groups: evenGroups(size), gradients: noise(size, 1) };
    const clipped = await runKernels(gpu, { ...inputs, clip: Float32Array.of(0.25) }, state(), (s) =>
      adam(gpu, s, size, 1, { ...tenSteps, gradientScale: 1 }),
    );
    const scaled = await runKernels(gpu, inputs, state(), (s) =>
      adam(gpu, s, size, 1, { ...tenSteps, gradientScale: 0.25 }),
    );
    expect(clipped).toEqual(scaled);
  });

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
