import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { cases, type BroadcastCase } from './cases.ts';
import { broadcast, broadcastShape, operators, repeatedAxes, type Operator } from './index.ts';
import * as reference from './reference.ts';

const ROUNDED = { relative: 2 ** -23 }; // one rounding
const DIVIDED = { relative: 2.5 * 2 ** -23 }; // WGSL allows a division 2.5 units in the last place
const names = Object.keys(operators) as Operator[];

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 1024 });
});

const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

async function run(on: Gpu, operator: Operator, shapes: Omit<BroadcastCase, 'name'>) {
  const given = { a: noise(sizeOf(shapes.a), 1), b: noise(sizeOf(shapes.b), 2, 0.5, 1) };
  const shape = broadcastShape(operator, shapes.a, shapes.b);
  const { y } = await runKernels(on, given, { y: sizeOf(shape) }, (s) =>
    broadcast(on, operator, s, { ...shapes, y: shape }),
  );
  expectClose(
    y,
    reference.broadcast(operator, given, shapes),
    operator === 'div' ? DIVIDED : ROUNDED,
    operator,
  );
}

describe.each(cases)('$name', (testCase) => {
  it('is right by every operator, either way round', async () => {
    for (const operator of names) {
      await run(gpu, operator, testCase);
      await run(gpu, operator, { a: testCase.b, b: testCase.a });
    }
  });
});

describe('broadcasting', () => {
  it.each<Omit<BroadcastCase, 'name'>>([
    { a: [9, 8, 8], b: [8] },
    { a: [101, 9], b: [9] },
    { a: [3, 100], b: [3, 1] },
  ])('works part by part where $a is more than a binding', async (shapes) => run(limited, 'mul', shapes));

  it('walks over runs shorter than its stride', async () => {
    await run(gpu, 'add', { a: [9000, 1, 2], b: [9000, 3, 1] });
  });

  it('expands one operand alone, where the result is larger than both', async () => {
    const { y } = await runKernels(gpu, { a: noise(3, 1), b: Float32Array.of(2) }, { y: 12 }, (s) =>
      broadcast(gpu, 'mul', s, { a: [3, 1], b: [], y: [3, 4] }),
    );
    expectClose(
      y,
      Array.from(noise(3, 1)).flatMap((value) => new Array<number>(4).fill(2 * value)),
      ROUNDED,
    );
  });

  it('aligns shapes at their last axes', () => {
    expect(broadcastShape('add', [5, 1, 3], [4, 1])).toEqual([5, 4, 3]);
    expect(broadcastShape('add', [], [2])).toEqual([2]);
    expect(repeatedAxes([4, 1], [5, 4, 3])).toEqual([0, 2]);
  });

  it('refuses shapes that do not go together, and storages that are too small', async () => {
    expect(() => broadcastShape('mul', [2, 3], [2])).toThrow(
      new RangeError(
        'mul: [2, 3] and [2] cannot be broadcast: aligned at their last axes, sides must be equal or 1.',
      ),
    );
    const short = runKernels(gpu, { a: noise(6, 1), b: noise(2, 1) }, { y: 6 }, (s) =>
      broadcast(gpu, 'add', s, { a: [2, 3], b: [3], y: [2, 3] }),
    );
    await expect(short).rejects.toThrow('add: b has 8 bytes, but 3 elements need 12');
  });
});
