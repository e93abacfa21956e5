/** The matrices of Winograd convolution, the WGSL made of them, the rule that weighs it, and the parts of weights. The passes: ../conv2d.test.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../../test/support/gpu.ts';
import { expectClose, noise, runKernels } from '../../../../test/support/kernels.ts';
import type { Gpu } from '../../../gpu/index.ts';
import { resnet18Cases } from '../cases.ts';
import { directCost, FLOPS_PER_BYTE, winogradCost } from './cost.ts';
import {
  conv2dBackwardDataReference,
  conv2dBackwardWeightReference,
  conv2dForwardReference,
  sumTolerance,
  termsOf,
} from '../reference.ts';
import { backwardData, backwardWeight, forward, listOf } from './algorithms.ts';
import { linearMap } from './linear-map.ts';
import { transpose, winograd, type Matrix } from './matrices.ts';
import { channelParts } from './batch-parts.ts';

const times = (matrix: Matrix, vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * vector[i]!, 0)); // as long as a row

describe.each([2, 4] as const)('F(%i, 3)', (m) => {
  const { at, g, bt } = winograd(m);
  const d = Array.from({ length: m + 2 }, (_, i) => Math.sin(3 * i + 1));
  const filter = [0.3, -1.2, 0.7];
  const outputs = Array.from({ length: m }, (_, i) => d[i]! * 0.3 - d[i + 1]! * 1.2 + d[i + 2]! * 0.7); // m + 2 inputs

  it('is a filter of three taps', () => {
    const products = times(bt, d).map((value, i) => value * times(g, filter)[i]!);
    times(at, products).forEach((y, i) => expect(y).toBeCloseTo(outputs[i]!, 12));
  });

  it('has a transpose that is the gradient of the filter', () => {
    const dy = Array.from({ length: m }, (_, i) => Math.cos(2 * i));
    const products = times(bt, d).map((value, i) => value * times(transpose(at), dy)[i]!);
    const gradient = times(transpose(g), products);
    for (const tap of [0, 1, 2])
      expect(gradient[tap]).toBeCloseTo(
        dy.reduce((sum, value, i) => sum + value * d[i + tap]!, 0),
        12,
      );
  });

  it.each([
    ['Bᵀ', bt],
    ['G', g],
    ['Aᵀ', at],
    ['A', transpose(at)],
    ['Gᵀ', transpose(g)],
  ] as const)('writes %s as WGSL that computes it', (_, matrix) => {
    const inputs = matrix[0]!.map((_, i) => `x${i}`); // no matrix is empty
    const values = inputs.map((_, i) => Math.sin(5 * i + 2));
    const results = evaluate(linearMap(matrix, inputs, 'y'), inputs, values, matrix.length);
    times(matrix, values).forEach((expected, i) => expect(results[i]).toBeCloseTo(expected, 12));
  });
});

/** Runs the statements of `linearMap` as JavaScript over numbers. */
function evaluate(
  code: string,
  inputs: readonly string[],
  values: readonly number[],
  count: number,
): number[] {
  const outputs = Array.from({ length: count }, (_, i) => `y${i}`);
  const run = new Function('fma', ...inputs, `${code} return [${outputs.join()}];`) as (
    fma: (a: number, b: number, c: number) => number,
    ...values: readonly number[]
  ) => number[];
  return run((a, b, c) => a * b + c, ...values);
}

describe('linearMap', () => {
  it('computes what a pair of rows shares once', () => {
    const code = linearMap(winograd(2).g, ['a', 'b', 'c'], 'u');
    expect(code.match(/0\.5/g)).toHaveLength(3); // four rows of three taps hold six halves
  });

  it('refuses inputs that do not go with the matrix', () => {
    expect(() => linearMap([[1, 2]], ['x'], 'y')).toThrow(/rows of 2 does not go with 1/);
  });
});

describe('the cost of a convolution', () => {
  const cheapest = (size: number, batch: number, name: string, flopsPerByte: number) => {
    const shape = resnet18Cases({ batch, size }).find((conv) => conv.name === `resnet18-${name}`)!; // named below
    const costs = {
      direct: directCost(shape, flopsPerByte),
      '4×4': winogradCost(shape, 4, flopsPerByte),
      '2×2': winogradCost(shape, 2, flopsPerByte),
    };
    return Object.entries(costs).sort(([, a], [, b]) => a - b)[0]![0];
  };

  it('takes large tiles where images fill them, small ones where they would be half empty', () => {
    const software = FLOPS_PER_BYTE.software;
    expect(cheapest(128, 32, 'layer3', software)).toBe('4×4'); // 8 × 8 pixels
    expect(cheapest(160, 32, 'layer4', software)).toBe('2×2'); // 5 × 5 pixels
  });

  it('leaves a few tiles to direct sums, which transform no weight', () => {
    expect(cheapest(32, 1, 'layer4', FLOPS_PER_BYTE.software)).toBe('direct');
  });

  it('wants more arithmetic a byte where memory is slower', () => {
    expect(cheapest(128, 32, 'layer1', FLOPS_PER_BYTE.software)).toBe('4×4');
    expect(cheapest(128, 32, 'layer1', FLOPS_PER_BYTE.gpu)).toBe('direct');
  });
});

describe('the parts of a weight', () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await testGpu();
  });
  const parts = (software: boolean, channels: number, others: number, images = 1) =>
    channelParts({ software } as Gpu, channels, others, 4, images).map(({ count }) => count); // nothing else is asked of it

  it('are equal, of whole tiles, and cover all channels', () => {
    expect(parts(true, 512, 512)).toEqual([256, 256]);
    expect(parts(true, 500, 512)).toEqual([256, 244]);
    expect(parts(true, 256, 256)).toEqual([256]);
    expect(parts(true, 128, 8192)).toEqual([64, 64]); // no part is below a tile, however large
  });

  it('are whole where the batch is cut, and larger on a GPU', () => {
    expect(parts(true, 512, 512, 2)).toEqual([512]);
    expect(parts(false, 512, 512)).toEqual([512]);
    expect(parts(false, 1024, 1024)).toEqual([384, 384, 256]);
  });

  it('give what the plain loops give where the last ends within a tile', async () => {
    const shape = { n: 1, h: 5, w: 4, c: 324, k: 404, r: 3, s: 3, stride: 1, padding: 1 };
    const [image, weights] = [shape.h * shape.w, 9 * shape.c * shape.k];
    const floats = { x: image * shape.c, weight: weights, dy: image * shape.k };
    const [x, weight, dy] = [noise(floats.x, 1), noise(floats.weight, 2), noise(floats.dy, 3)];
    const expected = {
      y: conv2dForwardReference(x, weight, shape),
      dx: conv2dBackwardDataReference(dy, weight, shape),
      dWeight: conv2dBackwardWeightReference(x, dy, shape),
    };
    const terms = termsOf(shape);
    for (const [i, algorithm] of listOf(forward).entries()) {
      if (!algorithm.suits(gpu, shape)) continue;
      const outputs = { y: floats.dy, dx: floats.x, dWeight: floats.weight };
      const results = await runKernels(gpu, { x, weight, dy }, outputs, (storages) => {
        algorithm.run(gpu, storages, shape);
        listOf(backwardData)[i]!.run(gpu, storages, shape); // the three passes have the same algorithms
        listOf(backwardWeight)[i]!.run(gpu, storages, shape);
      });
      const tolerance = (terms: number) => ({ relative: sumTolerance(terms) * (algorithm.errorGrowth ?? 1) });
      expectClose(results.y, expected.y, tolerance(terms.forward), `y, ${algorithm.name}`);
      expectClose(results.dx, expected.dx, tolerance(terms.backwardData), `dx, ${algorithm.name}`);
      expectClose(
        results.dWeight,
        expected.dWeight,
        tolerance(terms.backwardWeight),
        `dWeight, ${algorithm.name}`,
      );
    }
  }, 60_000);
});
