import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { noise, runKernels, sameBits } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { createRandom } from '../../random.ts';
import { cases, type GatherCase } from './cases.ts';
import { gatherRows } from './index.ts';
import * as reference from './reference.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

/** Any row of x to each row of y but the last `left`. */
function movesOf({ rows, picks }: GatherCase, left: number): Uint32Array {
  const random = createRandom(rows, picks);
  return Uint32Array.from({ length: 2 * (picks - left) }, (_, i) =>
    i % 2 === 0 ? random.below(rows) : (i - 1) / 2,
  );
}

describe('gatherRows', () => {
  it.each(cases)('$name', async (pick) => {
    const { rows, picks: n, width } = pick;
    const left = n > 1 ? 1 : 0;
    const [x, before] = [noise(rows * width, 1), noise(n * width, 2)];
    const moves = movesOf(pick, left);
    const { y } = await runKernels(gpu, { x }, { y: before }, (s) =>
      gatherRows(gpu, s, { rows, n, width }, moves),
    );
    const expected = reference.gatherRows(x, before, { rows, n, width }, moves);
    expect(sameBits(y, expected)).toBe(true);
  });

  it('refuses rows that are not there, halves of pairs and storages that are too small', async () => {
    const run = (moves: number[], shape = {}) =>
      runKernels(gpu, { x: noise(12, 1) }, { y: 8 }, (s) =>
        gatherRows(gpu, s, { rows: 3, n: 2, width: 4, ...shape }, Uint32Array.from(moves)),
      );
    await expect(run([3, 0])).rejects.toThrow('there is no row 3 of x, which has 3');
    await expect(run([0, 2])).rejects.toThrow('there is no row 2 of y, which has 2');
    await expect(run([0, 1, 2])).rejects.toThrow('moves.length / 2 = 1.5 must be a whole number');
    await expect(run([])).rejects.toThrow('moves.length / 2 = 0');
    await expect(run([0, 1], { width: 5 })).rejects.toThrow('x has 48 bytes, but 15 elements need 60');
  });
});
