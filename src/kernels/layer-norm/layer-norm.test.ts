import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { layerNormInputs } from '../../../test/golden/inputs.ts';
import { otherGrouping, testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { cases, type LayerNormCase } from './cases.ts';
import { layerNormBackward, layerNormForward, type LayerNormShape } from './index.ts';
import * as reference from './reference.ts';

let gpu: Gpu;
let other: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  other = await otherGrouping();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

/** f32 sums of up to a few thousand terms; the input's rounding counts by how far its mean is from zero. */
const tolerance = ({ inputMean }: Pick<LayerNormCase, 'inputMean'>) => ({
  relative: 1e-5 + 2 ** -23 * Math.abs(inputMean),
});

/** Forward and backward on the GPU, with weight and bias or without. */
function run(
  on: Gpu,
  given: ReturnType<typeof layerNormInputs>,
  shape: LayerNormShape & { eps: number },
  isAffine = true,
) {
  const { rows, length, eps } = shape;
  const { gradOutput: dy, ...inputs } = given;
  const outputs = {
    y: rows * length,
    mean: rows,
    invStd: rows,
    dx: rows * length,
    dWeight: length,
    dBias: length,
  };
  return runKernels(on, { ...inputs, dy }, outputs, ({ weight, bias, ...s }) => {
    const affine = isAffine ? { weight, bias } : {};
    layerNormForward(on, { ...s, ...affine }, shape, { eps });
    layerNormBackward(on, { ...s, ...affine }, shape);
  });
}

describe('layer norm', () => {
  it.each(cases)('$name', async (testCase) => {
    const given = layerNormInputs(testCase);
    const { x, weight, gradOutput: dy } = given;
    const { eps } = testCase;
    for (const isAffine of [true, false])
      for (const on of [gpu, other]) {
        const { y, mean, invStd, dx, dWeight, dBias } = await run(on, given, testCase, isAffine);
        const forward = reference.forward(x, testCase, eps, isAffine ? given : undefined);
        const backward = reference.backward({ dy, x }, testCase, eps, isAffine ? weight : undefined);
        expectClose(y, forward.y, tolerance(testCase), 'y');
        expectClose(mean, forward.mean, tolerance(testCase), 'mean');
        expectClose(invStd, forward.invStd, tolerance(testCase), 'invStd');
        expectClose(dx, backward.dx, tolerance(testCase), 'dx');
        expectClose(dWeight, backward.dWeight, tolerance(testCase), 'dWeight');
        expectClose(dBias, backward.dBias, tolerance(testCase), 'dBias');
      }
  });

  it.each(cases)('$name equals PyTorch', async (testCase) => {
    const { y, dx, dWeight, dBias } = await run(gpu, layerNormInputs(testCase), testCase);
    const golden = opGolden('layer-norm', testCase.name);
    const { relative } = tolerance(testCase);
    expectGolden(y, golden.get('y'), relative);
    expectGolden(dx, golden.get('gradInput'), relative);
    expectGolden(dWeight, golden.get('gradWeight'), relative);
    expectGolden(dBias, golden.get('gradBias'), relative);
  });

  it('has the gradients that finite differences give', async () => {
    const shape = { rows: 3, length: 5, eps: 1e-5 };
    const given = layerNormInputs({ ...shape, name: 'differences', inputMean: 0 });
    const { x, weight, bias, gradOutput } = given;
    const { dx, dWeight, dBias } = await run(gpu, given, shape);
    const value = (changed: object) => {
      const all = { x, weight, bias, ...changed };
      return dot(reference.forward(all.x, shape, shape.eps, all).y, gradOutput);
    };
    const close = { relative: 5e-6 };
    expectClose(
      dx,
      centralDifferences((v) => value({ x: v }), x, 1e-5),
      close,
      'dx',
    );
    expectClose(
      dWeight,
      centralDifferences((v) => value({ weight: v }), weight),
      close,
      'dWeight',
    );
    expectClose(
      dBias,
      centralDifferences((v) => value({ bias: v }), bias),
      close,
      'dBias',
    );
  });

  it('works part by part past the limit of a binding', async () => {
    const shape = { rows: 300, length: 12, eps: 1e-5 };
    const given = layerNormInputs({ ...shape, name: 'parts', inputMean: 1 });
    const [whole, parts] = [await run(gpu, given, shape), await run(limited, given, shape)];
    expect([parts.y, parts.dx]).toEqual([whole.y, whole.dx]);
    expectClose(parts.dWeight, whole.dWeight, { relative: 1e-5 });
    expectClose(parts.dBias, whole.dBias, { relative: 1e-5 });
  });

  it('gives a row of equal numbers as its bias, and NaN to a row alone that has one', async () => {
    const x = Float32Array.of(3, 3, 3, 3, 1, NaN, 2, 3);
    const [weight, bias] = [noise(4, 1), noise(4, 2)];
    const { y } = await runKernels(gpu, { x, weight, bias }, { y: 8, mean: 2, invStd: 2 }, (s) =>
      layerNormForward(gpu, s, { rows: 2, length: 4 }, { eps: 1e-5 }),
    );
    expect(y.subarray(0, 4)).toEqual(bias);
    expect([...y.subarray(4)]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('refuses storages that are too small, and one of weight and bias alone', async () => {
    const attempt = (rows: number, length: number, weights: number) =>
      runKernels(gpu, { x: noise(6, 1), weight: noise(weights, 2) }, { y: 6, mean: 2, invStd: 2 }, (s) =>
        layerNormForward(gpu, s, { rows, length }, { eps: 1e-5 }),
      );
    await expect(attempt(2, 4, 4)).rejects.toThrow('layerNorm: x has 24 bytes, but 8 elements need 32');
    await expect(attempt(2, 3, 2)).rejects.toThrow('layerNorm: weight has 8 bytes, but 3 elements need 12');
    await expect(attempt(3, 2, 2)).rejects.toThrow('layerNorm: mean has 8 bytes');
    await expect(attempt(2, 0, 2)).rejects.toThrow('length = 0');
    await expect(attempt(2, 3, 3)).rejects.toThrow('weight and bias go together');
  });
});
