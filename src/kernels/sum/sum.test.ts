import { beforeAll, describe, expect, it } from 'vitest';
import { otherGrouping, testGpu } from '../../../test/support/gpu.ts';
import { expectClose, noise, runKernels, sameBits } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { cases, type SumCase } from './cases.ts';
import { sumAxes } from './index.ts';
import * as reference from './reference.ts';

// Blocks of at most 32 f32 terms, then sums of blocks, then of threads: some dozens of roundings in a row.
const TOLERANCE = { relative: 5e-6 };

let gpu: Gpu;
let other: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  other = await otherGrouping();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

async function sum(on: Gpu, { shape, axes }: SumCase, withTimes: boolean, factor?: number) {
  const x = noise(sizeOf(shape), 1, 1, 0.25);
  const times = noise(sizeOf(shape), 2, 1, -0.25);
  const count = sizeOf(shape.filter((_, axis) => !axes.includes(axis)));
  const { y } = await runKernels(on, { x, times }, { y: count }, (s) =>
    sumAxes(on, { x: s.x, times: withTimes ? s.times : undefined, y: s.y }, shape, axes, factor),
  );
  const expected = reference.sumAxes({ x, times: withTimes ? times : undefined }, shape, axes);
  return { y, expected: expected.map((value) => value * (factor ?? 1)) };
}

async function expectRight(on: Gpu, testCase: SumCase) {
  for (const withTimes of [false, true]) {
    const { y, expected } = await sum(on, testCase, withTimes);
    expectClose(y, expected, TOLERANCE, withTimes ? 'Σ x · times' : 'Σ x');
  }
}

describe('a sum', () => {
  it.each(cases)('$name', (testCase) => expectRight(gpu, testCase));
  it.each(cases)('$name, with threads grouped as on another adapter', (testCase) =>
    expectRight(other, testCase),
  );
  it.each(cases.filter(({ name }) => /^(many-rows|one-row|rows-of)/.test(name)))(
    '$name, part by part past the limit of a binding',
    (testCase) => expectRight(limited, testCase),
  );
});

describe('sums', () => {
  it('are multiplied by a factor once', async () => {
    for (const testCase of cases) {
      const { y, expected } = await sum(gpu, testCase, false, -0.125);
      expectClose(y, expected, TOLERANCE, testCase.name);
    }
  });

  it('have the same bits every time', async () => {
    const long = { name: '', shape: [20_000, 3], axes: [0] };
    const [first, second] = [await sum(other, long, true), await sum(other, long, true)];
    expect(sameBits(first.y, second.y)).toBe(true);
  });

  it('are NaN where an element is, and infinite where one is', async () => {
    const x = noise(4096, 1);
    x[77] = NaN;
    x[4000] = Infinity;
    const { y } = await runKernels(gpu, { x }, { y: 4 }, (s) => sumAxes(gpu, s, [4, 1024], [1]));
    expect([y[0], y[3]]).toEqual([NaN, Infinity]);
  });

  it('refuse an axis that there is not, and storages that are too small', async () => {
    const run = (shape: readonly number[], axes: readonly number[]) =>
      runKernels(gpu, { x: noise(6, 1) }, { y: 2 }, (s) => sumAxes(gpu, s, shape, axes));
    await expect(run([2, 3], [2])).rejects.toThrow('sum: [2, 3] has no axis 2.');
    await expect(run([2, 4], [1])).rejects.toThrow('sum: x has 24 bytes, but 8 elements need 32');
    await expect(run([3, 2], [1])).rejects.toThrow('sum: y has 8 bytes, but 3 elements need 12');
    await expect(run([2, 0], [1])).rejects.toThrow('side 1 = 0');
  });
});
