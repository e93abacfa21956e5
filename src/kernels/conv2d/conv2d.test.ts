import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { conv2dInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { cases } from './cases.ts';
import {
  conv2dBackwardData,
  conv2dBackwardWeight,
  conv2dForward,
  oihwToRsck,
  outputSize,
  rsckToOihw,
  type Conv2dShape,
} from './index.ts';
import {
  conv2dBackwardDataReference,
  conv2dBackwardWeightReference,
  conv2dForwardReference,
} from './reference.ts';

/** f32 sums in another order than the reference's: the error grows as the root of the number of terms. */
const tolerance = (terms: number) => ({ relative: 4e-7 * Math.sqrt(terms) + 1e-6 });

const sizes = (shape: Conv2dShape) => {
  const { oh, ow } = outputSize(shape);
  return {
    x: shape.n * shape.h * shape.w * shape.c,
    weight: shape.r * shape.s * shape.c * shape.k,
    y: shape.n * oh * ow * shape.k,
  };
};

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const variants = ['tiled', 'subgroup'] as const;

describe.each(variants)('conv2d, %s', (variant) => {
  it.each(cases)('$name equals the plain loops', async (shape) => {
    const size = sizes(shape);
    const x = noise(size.x, 1);
    const weight = noise(size.weight, 2);
    const dy = noise(size.y, 3);
    const results = await runKernels(
      gpu,
      { x, weight, dy },
      { y: size.y, dx: size.x, dWeight: size.weight },
      (s) => {
        conv2dForward(gpu, s, shape, variant);
        conv2dBackwardData(gpu, s, shape, variant);
        conv2dBackwardWeight(gpu, s, shape, variant);
      },
    );
    const { oh, ow } = outputSize(shape);
    const window = shape.r * shape.s;
    expectClose(results.y, conv2dForwardReference(x, weight, shape), tolerance(window * shape.c), 'y');
    expectClose(
      results.dx,
      conv2dBackwardDataReference(dy, weight, shape),
      tolerance(window * shape.k),
      'dx',
    );
    expectClose(
      results.dWeight,
      conv2dBackwardWeightReference(x, dy, shape),
      tolerance(shape.n * oh * ow),
      'dWeight',
    );
  });

  it.each(cases)('$name equals PyTorch', async (shape) => {
    const { x, weight, gradOutput } = conv2dInputs(shape);
    const fileShape = [shape.k, shape.c, shape.r, shape.s];
    const size = sizes(shape);
    const { y, dx, dWeight } = await runKernels(
      gpu,
      { x, weight: oihwToRsck(weight, fileShape), dy: gradOutput },
      { y: size.y, dx: size.x, dWeight: size.weight },
      (s) => {
        conv2dForward(gpu, s, shape, variant);
        conv2dBackwardData(gpu, s, shape, variant);
        conv2dBackwardWeight(gpu, s, shape, variant);
      },
    );
    const golden = opGolden('conv2d', shape.name);
    expectGolden(y, golden.get('y'), 1e-5);
    expectGolden(dx, golden.get('gradInput'), 1e-5);
    expectGolden(rsckToOihw(dWeight, fileShape), golden.get('gradWeight'), 1e-5);
  });

  it('works in parts where the batch exceeds a binding', async () => {
    const shape = { n: 5, h: 12, w: 9, c: 4, k: 8, r: 3, s: 3, stride: 2, padding: 1 };
    const size = sizes(shape);
    const [x, weight, dy] = [noise(size.x, 1), noise(size.weight, 2), noise(size.y, 3)];
    const small = await testGpu({ maxBindingBytes: 4 * 12 * 9 * 4 * 4 });
    const run = (gpu: Gpu) =>
      runKernels(gpu, { x, weight, dy }, { y: size.y, dx: size.x, dWeight: size.weight }, (s) => {
        conv2dForward(gpu, s, shape, variant);
        conv2dBackwardData(gpu, s, shape, variant);
        conv2dBackwardWeight(gpu, s, shape, variant);
      });
    const [inParts, whole] = [await run(small), await run(gpu)];
    expectClose(inParts.y, whole.y, tolerance(1));
    expectClose(inParts.dx, whole.dx, tolerance(1));
    expectClose(inParts.dWeight, whole.dWeight, tolerance(shape.n * 30));
  });

  it('gives the same bits twice', async () => {
    const shape = { n: 8, h: 16, w: 16, c: 16, k: 16, r: 3, s: 3, stride: 1, padding: 1 };
    const size = sizes(shape);
    const run = () =>
      runKernels(gpu, { x: noise(size.x, 1), dy: noise(size.y, 3) }, { dWeight: size.weight }, (s) =>
        conv2dBackwardWeight(gpu, s, shape, variant),
      );
    expect((await run()).dWeight).toEqual((await run()).dWeight);
  });
});

describe('conv2d', () => {
  it('has gradients that finite differences confirm', async () => {
    const shape = { n: 2, h: 5, w: 4, c: 3, k: 2, r: 3, s: 2, stride: 2, padding: 1 };
    const size = sizes(shape);
    const [x, weight, dy] = [noise(size.x, 1), noise(size.weight, 2), noise(size.y, 3)];
    const { dx, dWeight } = await runKernels(
      gpu,
      { x, weight, dy },
      { dx: size.x, dWeight: size.weight },
      (s) => {
        conv2dBackwardData(gpu, s, shape);
        conv2dBackwardWeight(gpu, s, shape);
      },
    );
    const ofX = centralDifferences((at) => dot(conv2dForwardReference(at, weight, shape), dy), x);
    const ofWeight = centralDifferences((at) => dot(conv2dForwardReference(x, at, shape), dy), weight);
    expectClose(dx, ofX, { relative: 1e-5 }, 'dx');
    expectClose(dWeight, ofWeight, { relative: 1e-5 }, 'dWeight');
  });

  it('works in parts where the batch has more pixels than a grid counts', async () => {
    // 65,536 workgroups of 16 pixels, which is what SwiftShader's four lanes take; each image alone fits.
    const shape = { n: 2, h: 1024, w: 512, c: 1, k: 1, r: 1, s: 1, stride: 1, padding: 0 };
    const size = sizes(shape);
    const x = noise(size.x, 1);
    const weight = Float32Array.of(2);
    const { y, dx } = await runKernels(gpu, { x, weight, dy: x }, { y: size.y, dx: size.x }, (s) => {
      conv2dForward(gpu, s, shape);
      conv2dBackwardData(gpu, s, shape);
    });
    const expected = x.map((value) => 2 * value);
    expect(y.findIndex((value, i) => value !== expected[i])).toBe(-1);
    expect(dx.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });

  it('refuses shapes that are no convolution', () => {
    const storage = gpu.temporary(4);
    const shape = { n: 1, h: 2, w: 2, c: 1, k: 1, r: 3, s: 3, stride: 1, padding: 0 };
    const run = (changed: Partial<Conv2dShape>) => () =>
      conv2dForward(gpu, { x: storage, weight: storage, y: storage }, { ...shape, ...changed });
    expect(run({})).toThrow(/3×3 kernel does not fit a 2×2 image/);
    expect(run({ stride: 0 })).toThrow(/stride = 0/);
    expect(run({ h: 1 << 20, w: 1 << 10 })).toThrow(/an image of 1073741824 pixels exceeds/);
    expect(run({ r: 1, s: 1 })).toThrow(/x has 4 bytes; its shape needs 16/);
  });
});
