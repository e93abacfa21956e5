/** The kernels alone; the operations made of them equal PyTorch in src/autograd/elementwise.test.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { counts } from './cases.ts';
import * as kernels from './index.ts';
import { accumulate, add, mul, relu, reluBackward, scale } from './index.ts';
import { mapGrid } from './map.wgsl.ts';
import { reluKernel } from './maps.wgsl.ts';
import * as reference from './reference.ts';

const EXACT = { relative: 0 };
const ROUNDED = { relative: 2 ** -23 }; // one rounding of one sum
// WGSL allows exp 3 + 2·|x| units in the last place of a result that is under 1 here; then some roundings.
const EXPONENTIAL = { relative: 1e-6 };

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

  it('sigmoid and gelu', async () => {
    const x = noise(count, 3, 8); // out to where they are flat
    const outputs = { sigmoid: count, gelu: count };
    const y = await runKernels(gpu, { x }, outputs, (s) => {
      kernels.sigmoid(gpu, { x: s.x, y: s.sigmoid }, count);
      kernels.gelu(gpu, { x: s.x, y: s.gelu }, count);
    });
    expectClose(y.sigmoid, reference.sigmoid(x), EXPONENTIAL, 'sigmoid');
    expectClose(y.gelu, reference.gelu(x), EXPONENTIAL, 'gelu');
  });

  it('sigmoidBackward and geluBackward', async () => {
    const x = noise(count, 3, 8);
    const y = Float32Array.from(reference.sigmoid(x));
    const outputs = { sigmoid: count, gelu: count };
    const dx = await runKernels(gpu, { dy: a, x, y }, outputs, (s) => {
      kernels.sigmoidBackward(gpu, { dy: s.dy, y: s.y, dx: s.sigmoid }, count);
      kernels.geluBackward(gpu, { dy: s.dy, x: s.x, dx: s.gelu }, count);
    });
    expectClose(dx.sigmoid, reference.sigmoidBackward(a, y), EXPONENTIAL, 'sigmoid');
    expectClose(dx.gelu, reference.geluBackward(a, x), EXPONENTIAL, 'gelu');
  });

  it('mul and scale', async () => {
    const factor = Float32Array.of(-2.5);
    const { y, scaled } = await runKernels(gpu, { a, b, factor }, { y: count, scaled: count }, (s) => {
      mul(gpu, { a: s.a, b: s.b, y: s.y }, count);
      scale(gpu, { x: s.a, factor: s.factor, y: s.scaled }, count);
    });
    expectClose(y, reference.mul(a, b), ROUNDED, 'y');
    expectClose(
      scaled,
      a.map((value) => -2.5 * value),
      ROUNDED,
      'scaled',
    );
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
    const factor = Float32Array.of(3);
    const scaled = await runKernels(limited, { x: a, factor }, { y: count }, (s) => scale(limited, s, count));
    expectClose(
      scaled.y,
      a.map((value) => 3 * value),
      ROUNDED,
      'scaled',
    );
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

  it('sigmoid and gelu keep their digits where they are small', async () => {
    // Each element by itself, and not beside the largest: f32 from float64, exp of −x²/2 down to −12.5.
    const x = Float32Array.from({ length: 400 }, (_, i) => -5 + i / 40);
    const outputs = { sigmoid: 400, gelu: 400 };
    const y = await runKernels(gpu, { x }, outputs, (s) => {
      kernels.sigmoid(gpu, { x: s.x, y: s.sigmoid }, 400);
      kernels.gelu(gpu, { x: s.x, y: s.gelu }, 400);
    });
    for (const name of ['sigmoid', 'gelu'] as const) {
      const expected = reference[name](x);
      const off = expected.map((value, i) => (value === 0 ? y[name][i]! : y[name][i]! / value - 1));
      expect(Math.max(...off.map(Math.abs)), name).toBeLessThan(4e-6);
    }
  });

  it('sigmoid and gelu have their limits at infinity, and NaN stays NaN, as in PyTorch', async () => {
    const x = Float32Array.of(NaN, Infinity, -Infinity, 100, -100, 0);
    const { y, z } = await runKernels(gpu, { x }, { y: 6, z: 6 }, (s) => {
      kernels.sigmoid(gpu, { x: s.x, y: s.y }, 6);
      kernels.gelu(gpu, { x: s.x, y: s.z }, 6);
    });
    expectClose(y, [NaN, 1, 0, 1, 0, 0.5], { relative: 1e-6 });
    expectClose(z, [NaN, Infinity, NaN, 100, 0, 0], { relative: 1e-6 });
  });

  it.each(['sigmoid', 'gelu'] as const)('%s has the gradient that finite differences give', async (name) => {
    const x = noise(50, 4, 4);
    const dy = noise(50, 5);
    const y = Float32Array.from(reference.sigmoid(x));
    const { dx } = await runKernels(gpu, { dy, x, y }, { dx: 50 }, (s) =>
      name === 'gelu' ? kernels.geluBackward(gpu, s, 50) : kernels.sigmoidBackward(gpu, s, 50),
    );
    const differences = centralDifferences((v) => dot(reference[name](v), dy), x);
    expectClose(dx, differences, { relative: 2e-6 });
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
    const two = { a: noise(4, 1), b: noise(3, 1) };
    const short = runKernels(gpu, two, { y: 4 }, (s) => mul(gpu, s, 4));
    await expect(short).rejects.toThrow(/mul: b has 12 bytes, but 4 elements need 16/);
  });
});
