import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { linearInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { cases } from './cases.ts';
import { linearBackward, linearForward, type LinearShape } from './index.ts';
import * as reference from './reference.ts';

// f32 sums of at most 1000 terms of both signs, one after the other: √1000 roundings of 2⁻²⁴ relative to the sum.
const TOLERANCE = { relative: 3e-6 };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function tensorsOf({ n, inFeatures, outFeatures }: LinearShape) {
  return {
    x: noise(n * inFeatures, 1),
    weight: noise(outFeatures * inFeatures, 2),
    bias: noise(outFeatures, 3),
    dy: noise(n * outFeatures, 4),
  };
}

const variants = ['tiled', 'plain', 'convolution'] as const;

describe.each(cases.flatMap((shape) => variants.map((variant) => ({ ...shape, variant }))))(
  'linear, $variant: $name',
  ({ variant, ...shape }) => {
    const { x, weight, bias, dy } = tensorsOf(shape);

    it('forward', async () => {
      const { y, unbiased } = await runKernels(
        gpu,
        { x, weight, bias },
        { y: dy.length, unbiased: dy.length },
        (s) => {
          linearForward(gpu, s, shape, variant);
          linearForward(gpu, { x: s.x, weight: s.weight, y: s.unbiased }, shape, variant);
        },
      );
      expectClose(y, reference.forward({ x, weight, bias }, shape), TOLERANCE, 'y');
      expectClose(unbiased, reference.forward({ x, weight }, shape), TOLERANCE, 'y without bias');
    });

    it('backward', async () => {
      const outputs = { dx: x.length, dWeight: weight.length, dBias: bias.length };
      const actual = await runKernels(gpu, { dy, x, weight }, outputs, (s) =>
        linearBackward(gpu, s, shape, variant),
      );
      const expected = reference.backward({ dy, x, weight }, shape);
      expectClose(actual.dx, expected.dx, TOLERANCE, 'dx');
      expectClose(actual.dWeight, expected.dWeight, TOLERANCE, 'dWeight');
      expectClose(actual.dBias, expected.dBias, TOLERANCE, 'dBias');
    });

    it('equals PyTorch', async () => {
      const { gradOutput, ...inputs } = linearInputs(shape);
      const outputs = { y: dy.length, dx: x.length, dWeight: weight.length, dBias: bias.length };
      const actual = await runKernels(gpu, { ...inputs, dy: gradOutput }, outputs, (s) => {
        linearForward(gpu, s, shape, variant);
        linearBackward(gpu, s, shape, variant);
      });
      const golden = opGolden('linear', shape.name);
      expectGolden(actual.y, golden.get('y'), 1e-6);
      expectGolden(actual.dx, golden.get('gradInput'), 2e-6);
      expectGolden(actual.dWeight, golden.get('gradWeight'), 1e-6);
      expectGolden(actual.dBias, golden.get('gradBias'), 1e-6);
    });
  },
);

describe('linear', () => {
  const small: LinearShape = { n: 3, inFeatures: 5, outFeatures: 4 };

  it('has the gradients that finite differences give', async () => {
    const { x, weight, bias, dy } = tensorsOf(small);
    const outputs = { dx: x.length, dWeight: weight.length, dBias: bias.length };
    const actual = await runKernels(gpu, { dy, x, weight }, outputs, (s) => linearBackward(gpu, s, small));
    const loss = (changed: object) => dot(reference.forward({ x, weight, bias, ...changed }, small), dy);
    const tolerance = { relative: 1e-6 };
    expectClose(
      actual.dx,
      centralDifferences((v) => loss({ x: v }), x),
      tolerance,
      'dx',
    );
    expectClose(
      actual.dWeight,
      centralDifferences((v) => loss({ weight: v }), weight),
      tolerance,
      'dWeight',
    );
    expectClose(
      actual.dBias,
      centralDifferences((v) => loss({ bias: v }), bias),
      tolerance,
      'dBias',
    );
  });

  it('computes only what is asked for', async () => {
    const { x, dy } = tensorsOf(small);
    const before = gpu.statistics.dispatches;
    await runKernels(gpu, { dy, x }, { dWeight: 20 }, (s) => linearBackward(gpu, s, small));
    expect(gpu.statistics.dispatches - before).toBe(1);
  });

  it('refuses sizes that do not fit, and gradients without what they need', async () => {
    const { x, weight, dy } = tensorsOf(small);
    const forward = (shape: LinearShape) =>
      runKernels(gpu, { x, weight }, { y: 12 }, (s) => linearForward(gpu, s, shape));
    await expect(forward({ ...small, n: 4 })).rejects.toThrow(
      /linearForward: x has 60 bytes, but 20 elements/,
    );
    await expect(forward({ ...small, outFeatures: 0 })).rejects.toThrow(/outFeatures = 0/);
    const backward = runKernels(gpu, { dy }, { dx: 15 }, (s) => linearBackward(gpu, s, small));
    await expect(backward).rejects.toThrow(/dx was asked for without the weight/);
  });
});
