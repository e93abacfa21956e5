import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { counts } from './cases.ts';
import { accumulate, add, relu, reluBackward } from './index.ts';
import { mapGrid } from './map.wgsl.ts';
import { reluKernel } from './maps.wgsl.ts';
import * as reference from './reference.ts';

const EXACT = { relative: 0 };
const ROUNDED = { relative: 2 ** -23 }; // one rounding of one sum

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 1024 });
});

describe.each(counts)('elementwise operations on %i floats', (count) => {
  const a = noise(count, 1);
  const b = noise(count, 2);

  it('relu', async () => {
    const { y } = await runKernels(gpu, { x: a }, { y: count }, (s) => relu(gpu, s, count));
    expectClose(y, reference.relu(a), EXACT, 'y');
  });

  it('reluBackward', async () => {
    const { dx } = await runKernels(gpu, { dy: b, y: a }, { dx: count }, (s) => reluBackward(gpu, s, count));
    expectClose(dx, reference.reluBackward(b, a), EXACT, 'dx');
  });

  it('add and accumulate', async () => {
    const { sum, y } = await runKernels(gpu, { a, b }, { sum: count, y: b }, (s) => {
      add(gpu, { a: s.a, b: s.b, y: s.sum }, count);
      accumulate(gpu, { x: s.a, y: s.y }, count);
    });
    expectClose(sum, reference.add(a, b), ROUNDED, 'sum');
    expectClose(y, reference.add(a, b), ROUNDED, 'y');
  });
});

describe('elementwise operations', () => {
  it.each([256, 1000, 1026])('work part by part where %i floats are more than a binding', async (count) => {
    const a = noise(count, 3);
    const { y } = await runKernels(limited, { a, b: a }, { y: count }, (s) => add(limited, s, count));
    expectClose(y, reference.add(a, a), ROUNDED, 'y');
  });

  it('go on where one row of workgroups ends', async () => {
    const count = 65_535 * 128 + 77; // a row of workgroups of 128 threads, an item each, and a little more
    const x = new Float32Array(count).fill(1);
    const { y } = await runKernels(gpu, { x }, { y: count }, (s) =>
      gpu.run(reluKernel(1), s, { count, walk: 1 }, mapGrid(count, 1)),
    );
    expect(y.findIndex((value) => value !== 1)).toBe(-1);
  });

  it('relu keeps NaN and infinity, and its gradient passes where the result is NaN', async () => {
    const x = Float32Array.of(NaN, Infinity, -Infinity, -0, 1);
    const { y, dx } = await runKernels(gpu, { x, dy: noise(5, 1) }, { y: 5, dx: 5 }, (s) => {
      relu(gpu, { x: s.x, y: s.y }, 5);
      reluBackward(gpu, { dy: s.dy, y: s.y, dx: s.dx }, 5);
    });
    expectClose(y, [NaN, Infinity, 0, 0, 1], EXACT);
    expectClose(dx, reference.reluBackward(noise(5, 1), y), EXACT);
  });

  it('relu has the gradient that finite differences give', async () => {
    const x = noise(50, 4).filter((value) => Math.abs(value) > 1e-3); // off the kink
    const dy = noise(x.length, 5);
    const { dx } = await runKernels(gpu, { dy, y: x }, { dx: x.length }, (s) =>
      reluBackward(gpu, s, x.length),
    );
    expectClose(
      dx,
      centralDifferences((v) => dot(reference.relu(v), dy), x),
      { relative: 1e-6 },
    );
  });

  it('refuses storages that are too small and sizes that are none', async () => {
    const run = (count: number) => runKernels(gpu, { x: noise(4, 1) }, { y: 5 }, (s) => relu(gpu, s, count));
    await expect(run(5)).rejects.toThrow(new RangeError('relu: x has 16 bytes, but 5 elements need 20.'));
    await expect(run(0)).rejects.toThrow(
      new RangeError('relu: count = 0 must be a whole number of at least 1.'),
    );
    await expect(run(1.5)).rejects.toThrow(RangeError);
  });
});
