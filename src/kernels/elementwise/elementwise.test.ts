/** The kernels alone; the operations made of them equal PyTorch in src/autograd/elementwise.test.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { activationKernel, type ActivationName } from './activations.wgsl.ts';
import { counts } from './cases.ts';
import { activate, activateBackward, activationNames, activationOf } from './activate.ts';
import { accumulate, add, mul, scale } from './index.ts';
import { mapGrid } from './map.wgsl.ts';
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

/** y = f(x) and dx on the GPU, for each activation. */
async function activated(x: Float32Array, dy: Float32Array, names: readonly ActivationName[]) {
  const outputs = Object.fromEntries(
    names.flatMap((name) => [
      [name, x.length],
      [`d ${name}`, x.length],
    ]),
  );
  const results = await runKernels(gpu, { x, dy }, outputs, (s) => {
    for (const name of names) {
      const [y, dx] = [s[name]!, s[`d ${name}`]!]; // outputs
      activate(gpu, name, { x: s.x!, y }, x.length);
      activateBackward(gpu, name, { dy: s.dy!, x: s.x!, y, dx }, x.length);
    }
  });
  return (name: ActivationName) => ({ y: results[name]!, dx: results[`d ${name}`]! });
}

describe.each(counts)('elementwise operations on %i floats', (count) => {
  const a = noise(count, 1);
  const b = noise(count, 2);

  it('activations and their gradients', async () => {
    const x = noise(count, 3, 8); // out to where they are flat
    const results = await activated(x, a, activationNames);
    for (const name of activationNames) {
      const { y, dx } = results(name);
      const known = activationOf(name).by === 'y' ? y : x;
      const exact = name === 'relu' || name === 'relu6';
      expectClose(y, reference.activate(name, x), exact ? EXACT : EXPONENTIAL, name);
      expectClose(dx, reference.activateBackward(name, a, known), exact ? EXACT : EXPONENTIAL, `d ${name}`);
    }
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
      gpu.run(activationKernel('relu', 1), s, { count, walk: 1 }, mapGrid(count, 1)),
    );
    expect(y.findIndex((value) => value !== 1)).toBe(-1);
  });

  it('relu keeps NaN and infinity, and its gradient passes where the result is NaN', async () => {
    const x = Float32Array.of(NaN, Infinity, -Infinity, -0, 1);
    const { y, dx } = (await activated(x, noise(5, 1), ['relu']))('relu');
    expectClose(y, [NaN, Infinity, 0, 0, 1], EXACT);
    expectClose(dx, reference.activateBackward('relu', noise(5, 1), y), EXACT);
  });

  it.each(['sigmoid', 'silu', 'gelu', 'gelu-tanh'] as const)(
    '%s keeps its digits where it is small',
    async (name) => {
      // Each element by itself, and not beside the largest: f32 from float64, exp of −x²/2 down to −12.5.
      const x = Float32Array.from({ length: 400 }, (_, i) => -5 + i / 40);
      const { y } = (await activated(x, x, [name]))(name);
      const off = reference.activate(name, x).map((value, i) => (value === 0 ? y[i]! : y[i]! / value - 1));
      expect(Math.max(...off.map(Math.abs))).toBeLessThan(4e-6);
    },
  );

  it.each<[ActivationName, readonly number[]]>([
    ['relu', [NaN, Infinity, 0, 100, 0, 0]],
    ['relu6', [NaN, 6, 0, 6, 0, 0]],
    ['sigmoid', [NaN, 1, 0, 1, 0, 0.5]],
    ['silu', [NaN, Infinity, NaN, 100, 0, 0]],
    ['hard-sigmoid', [NaN, 1, 0, 1, 0, 0.5]],
    ['hard-swish', [NaN, Infinity, NaN, 100, 0, 0]],
    ['gelu', [NaN, Infinity, NaN, 100, 0, 0]],
    ['gelu-tanh', [NaN, Infinity, NaN, 100, 0, 0]],
  ])('%s has its limits at infinity, and NaN stays NaN, as in PyTorch', async (name, expected) => {
    const x = Float32Array.of(NaN, Infinity, -Infinity, 100, -100, 0);
    expectClose((await activated(x, x, [name]))(name).y, expected, { relative: 1e-6 });
  });

  it.each(activationNames)('%s has the gradient that finite differences give', async (name) => {
    // Off the places where some bend: 0, 6, and ±3.
    const x = noise(60, 4, 7).filter((value) => [-3, 0, 3, 6].every((at) => Math.abs(value - at) > 1e-3));
    const dy = noise(x.length, 5);
    const { dx } = (await activated(x, dy, [name]))(name);
    const differences = centralDifferences((v) => dot(reference.activate(name, v), dy), x);
    expectClose(dx, differences, { relative: 2e-6 });
  });

  it('take other numbers where an activation has some, and must be told what the derivative needs', async () => {
    const x = Float32Array.of(-2, -1, 0, 0.5, 1);
    const line = { slope: 0.5, offset: 0.25 };
    const { y, dx } = await runKernels(gpu, { x }, { y: 5, dx: 5 }, (s) => {
      activate(gpu, 'hard-sigmoid', s, 5, line);
      activateBackward(gpu, 'hard-sigmoid', { dy: s.x, y: s.y, dx: s.dx }, 5, line);
    });
    expectClose(y, [0, 0, 0.25, 0.5, 0.75], EXACT);
    expectClose(dx, [0, 0, 0, 0.25, 0.5], EXACT);
    const without = runKernels(gpu, { x }, { dx: 5 }, (s) =>
      activateBackward(gpu, 'relu', { dy: s.x, ...s, y: undefined }, 5),
    );
    await expect(without).rejects.toThrow('relu.backward: its derivative is told from y, which is missing.');
  });

  it('refuses storages that are too small and sizes that are none', async () => {
    const run = (count: number) =>
      runKernels(gpu, { x: noise(4, 1) }, { y: 5 }, (s) => activate(gpu, 'relu', s, count));
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
