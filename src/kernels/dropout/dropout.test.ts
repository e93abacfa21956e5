import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { cases } from './cases.ts';
import { dropout, type DropoutOptions } from './index.ts';
import * as reference from './reference.ts';

const ROUNDED = { relative: 2 ** -22 }; // the scale, and the product

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 1024 });
});

const run = async (on: Gpu, x: Float32Array, options: DropoutOptions) =>
  (await runKernels(on, { x }, { y: x.length }, (s) => dropout(on, s, x.length, options))).y;

/** Which of `count` elements are kept. */
const keptOf = async (count: number, options: DropoutOptions) =>
  (await run(gpu, new Float32Array(count).fill(1), options)).map((value) => (value === 0 ? 0 : 1));

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('dropout', () => {
  it.each(cases)('$name', async ({ count, p }) => {
    const x = noise(count, 1);
    const options = { p, key: [7, count] };
    expectClose(await run(gpu, x, options), reference.dropout(x, options), ROUNDED);
  });

  it.each([1000, 1001])(
    'drops the same of %i elements part by part past the limit of a binding',
    async (count) => {
      const x = noise(count, 1);
      const options = { p: 0.5, key: [1] };
      expect(await run(limited, x, options)).toEqual(await run(gpu, x, options));
    },
  );

  it('drops the share that it is told, others for another key, and as often side by side as apart', async () => {
    const count = 100_000;
    const [first, second] = [
      await keptOf(count, { p: 0.3, key: [1, 0] }),
      await keptOf(count, { p: 0.3, key: [1, 1] }),
    ];
    // Of independent draws, six deviations: √(0.3 · 0.7 / 100,000) = 0.00145, and less for products.
    const within = 6 * 0.00145;
    expect(Math.abs(mean(first) - 0.7)).toBeLessThan(within);
    expect(Math.abs(mean(first.map((value, i) => value * second[i]!)) - 0.49)).toBeLessThan(within); // as long
    const pairs = first.subarray(1).map((value, i) => value * first[i]!); // of its beginning
    expect(Math.abs(mean(pairs) - 0.49)).toBeLessThan(within);
    expect(await keptOf(count, { p: 0.3, key: [1, 0] })).toEqual(first);
  });

  it('refuses a share and a key that are none', async () => {
    const attempt = (options: DropoutOptions) => run(gpu, noise(4, 1), options);
    await expect(attempt({ p: 1.5, key: [1] })).rejects.toThrow('dropout: p = 1.5 must be from 0 to 1.');
    await expect(attempt({ p: NaN, key: [1] })).rejects.toThrow(RangeError);
    await expect(attempt({ p: 0.5, key: [0.5] })).rejects.toThrow('A seed must be a whole number, not 0.5.');
  });
});
