import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { fromHalf, toHalf } from '../../../test/support/half.ts';
import { noise, runKernels, sameBits } from '../../../test/support/kernels.ts';
import { Gpu } from '../../gpu/index.ts';
import { hasHalf } from '../dtype.ts';
import { cases } from './cases.ts';
import { cast } from './index.ts';
import { roundToHalf } from './reference.ts';

let gpu: Gpu;
let limited: Gpu;
let half: boolean;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 1024 });
  half = hasHalf(gpu);
  if (!half) console.log('cast: this adapter has no shader-f16, so that only its refusal is tested');
});

/** To f16 and back. */
async function roundTrip(on: Gpu, x: Float32Array) {
  const outputs = { y: Math.ceil(x.length / 2), z: x.length };
  const { y, z } = await runKernels(on, { x }, outputs, ({ x: source, y, z }) => {
    cast(on, { x: source, y }, x.length, { from: 'f32', to: 'f16' });
    cast(on, { x: y, y: z }, x.length, { from: 'f16', to: 'f32' });
  });
  return { half: fromHalf(y, x.length), back: z };
}

/** WGSL lets an adapter round either way, so that a neighbour of the number will do. */
function expectRounded(actual: Float32Array, exact: Float32Array) {
  const wrong = exact.findIndex((value, i) => {
    const result = actual[i]!; // as many
    return (
      Math.abs(result - value) > 2 ** -10 * Math.max(Math.abs(value), 2 ** -14) ||
      roundToHalf(result) !== result
    );
  });
  expect(wrong, wrong < 0 ? '' : `${exact[wrong]} became ${actual[wrong]}`).toBe(-1);
}

describe('cast', () => {
  it.each(cases)('$name', async ({ count }) => {
    if (!half) return;
    const x = noise(count, 1, 3);
    const result = await roundTrip(gpu, x);
    expectRounded(result.half, x);
    expect(sameBits(result.back, result.half)).toBe(true);
  });

  it('keeps what f16 holds, and makes infinities of what is beyond it', async () => {
    if (!half) return;
    const exact = [0, 1, -1, 65_504, -65_504, 2 ** -14, Infinity, -Infinity, NaN];
    const { back } = await roundTrip(gpu, Float32Array.from([...exact, 131_072, -1e30]));
    expect([...back]).toEqual([...exact, Infinity, -Infinity]);
  });

  it.each([1000, 1001])('works in parts past the limit of a binding, %i elements', async (count) => {
    if (!half) return;
    const x = noise(count, 2);
    expect((await roundTrip(limited, x)).back).toEqual((await roundTrip(gpu, x)).back);
  });

  it('refuses storages that are too small', async () => {
    const run = (count: number) =>
      runKernels(gpu, { x: noise(8, 1) }, { y: 2 }, (s) => cast(gpu, s, count, { from: 'f32', to: 'f16' }));
    await expect(run(8)).rejects.toThrow('cast: y has 8 bytes, but 8 elements need 16');
    await expect(run(0)).rejects.toThrow('count = 0');
  });

  it('refuses an adapter without f16', () => {
    const without = Object.create(gpu.device, { features: { value: new Set() } }) as GPUDevice;
    const storage = gpu.temporary(4);
    const run = () =>
      cast({ ...gpu, device: without } as Gpu, { x: storage, y: storage }, 1, { from: 'f32', to: 'f16' });
    expect(run).toThrow("this adapter has no 16-bit floats (WebGPU's shader-f16): store tensors in f32");
  });
});

describe('the reference', () => {
  it('rounds as the bits of weights files do', () => {
    const values = Float32Array.from([
      ...noise(200, 3, 70_000),
      ...noise(200, 4, 1e-4),
      ...noise(200, 5, 1e-7),
    ]);
    expect(values.map(roundToHalf)).toEqual(toHalf(values).numbers);
  });
});
