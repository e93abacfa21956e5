import { beforeAll, describe, expect, it } from 'vitest';
import type { Gpu } from '../../gpu/index.ts';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { avgPoolInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { toHalf } from '../../../test/support/half.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import { hasHalf } from '../dtype.ts';
import { cases } from './cases.ts';
import { avgPoolBackward, avgPoolForward, type AvgPoolShape } from './index.ts';
import * as reference from './reference.ts';

const SUMMED = { relative: 3e-6 }; // f32, up to 2,451 terms in a row, their errors of both signs
const DIVIDED = { relative: 3e-7 }; // WGSL allows a division 2.5 ULP

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

const sizeOf = ({ n, h, w, c }: AvgPoolShape) => n * h * w * c;

async function check(on: Gpu, shape: AvgPoolShape): Promise<void> {
  const x = noise(sizeOf(shape), 1, 1, 0.25);
  const dy = noise(shape.n * shape.c, 2);
  const actual = await runKernels(on, { x, dy }, { y: dy.length, dx: x.length }, (s) => {
    avgPoolForward(on, s, shape);
    avgPoolBackward(on, s, shape);
  });
  expectClose(actual.y, reference.forward(x, shape), SUMMED, 'y');
  expectClose(actual.dx, reference.backward(dy, shape), DIVIDED, 'dx');
}

describe('global average pool', () => {
  it.each(cases)('$name', (shape) => check(gpu, shape));

  it.each(cases)('$name equals PyTorch', async (shape) => {
    const { x, gradOutput: dy } = avgPoolInputs(shape);
    const { y, dx } = await runKernels(gpu, { x, dy }, { y: dy.length, dx: x.length }, (s) => {
      avgPoolForward(gpu, s, shape);
      avgPoolBackward(gpu, s, shape);
    });
    const golden = opGolden('avg-pool', shape.name);
    expectGolden(y, golden.get('y'), 3e-6);
    expectGolden(dx, golden.get('gradInput'), 1e-6);
  });

  it.each([3, 4])('works image by image past the limit of a binding, %i channels', (c) =>
    check(limited, { n: 200, h: 2, w: 2, c }),
  );

  it.each(cases.filter(({ c }) => c % 4 === 0))('$name from f16', async (shape) => {
    if (!hasHalf(gpu)) return console.log('avg-pool: this adapter has no shader-f16');
    const x = toHalf(noise(sizeOf(shape), 1, 1, 0.25));
    const { y } = await runKernels(gpu, { x: x.words }, { y: shape.n * shape.c }, (s) =>
      avgPoolForward(gpu, s, { ...shape, dtype: 'f16' }),
    );
    expectClose(y, reference.forward(x.numbers, shape), SUMMED, 'y');
  });

  it('refuses f16 whose channels do not come in fours, and its gradients', () => {
    const shape = { n: 1, h: 2, w: 2, c: 4, dtype: 'f16' } as const;
    const [x, y] = [gpu.temporary(16), gpu.temporary(16)];
    expect(() => avgPoolForward(gpu, { x, y }, { ...shape, c: 3 })).toThrow('multiples of four, not 3');
    expect(() => avgPoolForward(gpu, { x, y }, shape)).toThrow('x has 16 bytes, but 16 elements need 32');
    expect(() => avgPoolBackward(gpu, { dy: y, dx: x }, shape)).toThrow('in f32 alone');
  });

  it('has the gradient that finite differences give', async () => {
    const shape = { n: 2, h: 3, w: 2, c: 3 };
    const dy = noise(6, 1);
    const { dx } = await runKernels(gpu, { dy }, { dx: 36 }, (s) => avgPoolBackward(gpu, s, shape));
    const expected = centralDifferences((v) => dot(reference.forward(v, shape), dy), noise(36, 2));
    expectClose(dx, expected, { relative: 1e-6 });
  });

  it('refuses sizes that do not fit', async () => {
    const run = (shape: Partial<AvgPoolShape>) =>
      runKernels(gpu, { x: noise(36, 1) }, { y: 6 }, (s) =>
        avgPoolForward(gpu, s, { n: 2, h: 3, w: 2, c: 3, ...shape }),
      );
    await expect(run({ n: 3 })).rejects.toThrow(/avgPoolForward: x has 144 bytes, but 54 elements/);
    await expect(run({ c: 0 })).rejects.toThrow(/c = 0 must be a whole number/);
  });
});
