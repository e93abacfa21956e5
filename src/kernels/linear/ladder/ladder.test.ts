import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../../test/support/gpu.ts';
import { expectClose, noise, runKernels } from '../../../../test/support/kernels.ts';
import { cases } from '../cases.ts';
import * as reference from '../reference.ts';
import { ladder, type MatmulRung, type MatmulShape } from './index.ts';

// As linear's own: f32 sums of at most 1000 terms of both signs, √1000 roundings of 2⁻²⁴ relative to the sum.
const TOLERANCE = { relative: 3e-6 };

const gpu = await testGpu();

/** dx = dy·weight is a product of two plain matrices, so linear's cases and reference serve the ladder too. */
const products = [
  ...cases,
  { name: 'one-row-in-fours', n: 1, inFeatures: 4, outFeatures: 4 },
  { name: 'in-fours', n: 37, inFeatures: 20, outFeatures: 12 },
  { name: 'past-a-tile-in-fours', n: 130, inFeatures: 68, outFeatures: 84 },
].map((linear) => {
  const shape = { rows: linear.n, columns: linear.inFeatures, depth: linear.outFeatures };
  return { name: linear.name, linear, shape };
});

const suitable = (rung: MatmulRung) => products.filter(({ shape }) => rung.suits(shape, gpu));
const tried = ladder.filter((rung) => suitable(rung).length > 0);

describe.each(tried)('matmul ladder: $name', (rung) => {
  it.each(suitable(rung))('$name equals the plain loops', async ({ linear, shape }) => {
    const { rows, columns, depth } = shape;
    const [a, b] = [noise(rows * depth, 1), noise(depth * columns, 2)];
    const { c } = await runKernels(gpu, { a, b }, { c: rows * columns }, (s) => rung.run(gpu, s, shape));
    const { dx } = reference.backward({ dy: a, x: new Float32Array(rows * columns), weight: b }, linear);
    expectClose(c, dx, TOLERANCE, 'c');
  });
});

describe('matmul ladder', () => {
  it('is tried whole', ({ skip }) => {
    if (gpu.software && gpu.subgroupSize !== null) return expect(tried).toEqual(ladder);
    expect(tried).toEqual(ladder.filter(({ name }) => name !== '6-subgroup'));
    skip('6-subgroup was not tried: it is for software adapters whose subgroups have one known size');
  });

  it('refuses sizes that do not fit', () => {
    const storage = gpu.temporary(16);
    const run = (shape: MatmulShape) => () =>
      ladder[0]!.run(gpu, { a: storage, b: storage, c: storage }, shape); // there is a first rung
    expect(run({ rows: 0, columns: 1, depth: 1 })).toThrow(/rows = 0/);
    expect(run({ rows: 2, columns: 2, depth: 4 })).toThrow(/a has 16 bytes, but 8 elements need 32/);
  });
});
