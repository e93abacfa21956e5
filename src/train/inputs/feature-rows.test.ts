import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { noise } from '../../../test/support/kernels.ts';
import { Tensor } from '../../autograd/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import { FeatureRows } from './feature-rows.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const WIDTH = 64; // rows begin where a binding may
const COUNT = 11;

/** Rows in blocks of four, written a few at a time, so that some writes go over the end of a block. */
async function filled(values: Float32Array, width = WIDTH): Promise<FeatureRows> {
  const rows = new FeatureRows(gpu, COUNT, width, 4);
  for (const [first, count] of [
    [0, 3],
    [3, 7],
    [10, 1],
  ] as const) {
    const part = values.slice(first * width, (first + count) * width);
    await gpu.scope(() =>
      Promise.resolve(rows.write(first, new Tensor(gpu, [count, width], gpu.upload(part)))),
    );
  }
  return rows;
}

describe('feature rows', () => {
  it('come back in any order from several blocks, with a command for each block', async () => {
    const values = noise(COUNT * WIDTH, 1);
    const rows = await filled(values);
    const indices = Uint32Array.of(10, 0, 4, 3, 9, 4, 7);
    const before = gpu.statistics.dispatches;
    const found = await gpu.scope(() => rows.gather(indices).read());
    expect(gpu.statistics.dispatches - before).toBe(3);
    const expected = Array.from(indices, (i) => [...values.subarray(i * WIDTH, (i + 1) * WIDTH)]).flat();
    expect([...found]).toEqual(expected);
    rows.dispose();
  });

  it.each([1, 3, 24])('may be of %d features, so that they begin where no binding may', async (width) => {
    const values = noise(COUNT * width, 2);
    const rows = await filled(values, width);
    const found = await gpu.scope(() => rows.gather(Uint32Array.from({ length: COUNT }, (_, i) => i)).read());
    expect([...found]).toEqual([...values]);
    rows.dispose();
  });

  it('refuse rows that are not there', async () => {
    const rows = await filled(noise(COUNT * WIDTH, 1));
    const gather = (row: number) => gpu.scope(() => rows.gather(Uint32Array.of(row)).read());
    await expect(gather(COUNT)).rejects.toThrow('there is no row 3 of x, which has 3');
    await expect(gather(12)).rejects.toThrow('There is no row 12.');
    rows.dispose();
  });
});
