/** The one block that all trained parameters lie in. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import { Parameter } from '../nn/index.ts';
import { Arena } from './arena.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function parameter(size: number, seed: number): Parameter {
  const made = new Parameter(gpu, [size]);
  made.load({ shape: [size], data: noise(size, seed) });
  return made;
}

describe('an arena', () => {
  it('takes parameters in with their values, each from a multiple of 64 floats on', async () => {
    const [small, large] = [parameter(3, 1), parameter(65, 2)];
    const arena = new Arena([small, large]);
    expect([arena.size, arena.count]).toEqual([68, 64 + 128]);
    expect(await small.read()).toEqual(noise(3, 1));
    expect(await large.read()).toEqual(noise(65, 2));
    const values = await gpu.read(arena.values);
    expect(values.subarray(0, 3)).toEqual(noise(3, 1));
    expect(values.subarray(3, 64).every((value) => value === 0)).toBe(true); // the gap
    expect(values.subarray(64, 64 + 65)).toEqual(noise(65, 2));
    arena.dispose();
  });

  it('reads and writes blocks without the gaps', async () => {
    const arena = new Arena([parameter(3, 1), parameter(2, 2)]);
    const block = arena.zeros('block');
    expect(await arena.read(block)).toEqual(new Float32Array(5));
    arena.write(block, Float32Array.of(1, 2, 3, 4, 5));
    expect(await arena.read(block)).toEqual(Float32Array.of(1, 2, 3, 4, 5));
    expect((await gpu.read(block))[64]).toBe(4);
    gpu.release(block);
    arena.dispose();
  });

  it('has a row of numbers for every 64 floats', () => {
    const [small, large] = [parameter(3, 1), parameter(65, 2)];
    const arena = new Arena([small, large]);
    const table = arena.blocks((one) => (one === small ? [1, 2] : [3, 4]));
    expect([...table]).toEqual([1, 2, 3, 4, 3, 4]);
    arena.dispose();
  });

  it('zeroes a gradient that no backward pass reached, and keeps one that was', async () => {
    const [reached, missed] = [parameter(2, 1), parameter(2, 2)];
    const arena = new Arena([reached, missed]);
    for (const { gradient } of [reached, missed]) gpu.write(gradient!.storage, Float32Array.of(5, 6)); // in the arena
    arena.zeroGrad();
    reached.gradient!.filled = true;
    arena.clearUnfilled();
    expect([...(await arena.read(arena.gradients))]).toEqual([5, 6, 0, 0]);
    arena.dispose();
  });

  it('gives parameters back, and all memory', async () => {
    await gpu.finish();
    const before = gpu.statistics.bytes;
    const one = parameter(3, 1);
    const arena = new Arena([one]);
    arena.dispose();
    expect(await one.read()).toEqual(noise(3, 1));
    expect(one.gradient).toBeUndefined();
    one.dispose();
    await gpu.finish();
    expect(gpu.statistics.bytes).toBe(before);
  });

  it('is not made of nothing', () => {
    expect(() => new Arena([])).toThrow(/There is nothing to train/);
  });
});
