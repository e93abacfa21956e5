import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { softmaxInputs } from '../../../test/golden/inputs.ts';
import { otherGrouping, testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { AxisShape } from '../columns.ts';
import { cases } from './cases.ts';
import { softmax, softmaxBackward } from './index.ts';
import * as reference from './reference.ts';

// WGSL allows exp 3 + 2·|x| units in the last place, x down to some −20 before a share is below the others' rounding.
const CLOSE = { relative: 5e-6, absolute: 1e-7 };

let gpu: Gpu;
let other: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  other = await otherGrouping();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

/** y and dx on the GPU. */
function run(on: Gpu, x: Float32Array, dy: Float32Array, shape: AxisShape, isLog: boolean) {
  return runKernels(on, { x, dy }, { y: x.length, dx: x.length }, (s) => {
    softmax(on, s, shape, { isLog });
    softmaxBackward(on, s, shape, { isLog });
  });
}

describe.each([false, true])('with isLog = %s', (isLog) => {
  it.each(cases)('$name', async (testCase) => {
    const { x, gradOutput } = softmaxInputs(testCase);
    for (const on of [gpu, other]) {
      const { y, dx } = await run(on, x, gradOutput, testCase, isLog);
      expectClose(y, reference.softmax(x, testCase, isLog), CLOSE, 'y');
      expectClose(dx, reference.softmaxBackward(gradOutput, y, testCase, isLog), CLOSE, 'dx');
    }
  });

  it.each(cases)('$name equals PyTorch', async (testCase) => {
    const { x, gradOutput } = softmaxInputs(testCase);
    const { y, dx } = await run(gpu, x, gradOutput, testCase, isLog);
    const golden = opGolden('softmax', testCase.name);
    const name = isLog ? 'log' : 'plain';
    expectGolden(y, golden.get(`${name}/y`), 2e-6);
    // Where one share is all but 1, PyTorch's own gradient in f32 is rounding alone.
    if (golden.get(`${name}/gradInput`).torchError < 1e-6)
      expectGolden(dx, golden.get(`${name}/gradInput`), 5e-6);
  });

  it('has the gradient that finite differences give', async () => {
    const shape = { outer: 2, length: 5, inner: 3 };
    const [x, dy] = [noise(30, 1, 2), noise(30, 2)];
    const { dx } = await run(gpu, x, dy, shape, isLog);
    const slope = centralDifferences((v) => dot(reference.softmax(v, shape, isLog), dy), x);
    expectClose(dx, slope, { relative: 2e-6 });
  });

  it('works part by part past the limit of a binding', async () => {
    const shape = { outer: 40, length: 64, inner: 1 };
    const [x, dy] = [noise(2560, 1, 4), noise(2560, 2)];
    const [whole, parts] = [await run(gpu, x, dy, shape, isLog), await run(limited, x, dy, shape, isLog)];
    expect(parts).toEqual(whole);
  });

  it('is finite at numbers of ten thousand, and NaN in a row alone that has one', async () => {
    const x = Float32Array.of(1e4, -1e4, 0, 1, NaN, 2);
    const { y } = await run(gpu, x, noise(6, 1), { outer: 2, length: 3, inner: 1 }, isLog);
    expectClose(
      y.subarray(0, 3),
      reference.softmax(x.subarray(0, 3), { outer: 1, length: 3, inner: 1 }, isLog),
      CLOSE,
    );
    expect([...y.subarray(3)]).toEqual([NaN, NaN, NaN]);
  });
});

it('refuses storages that are too small and sizes that are none', async () => {
  const attempt = (shape: AxisShape) =>
    runKernels(gpu, { x: noise(6, 1) }, { y: 6 }, (s) => softmax(gpu, s, shape));
  await expect(attempt({ outer: 2, length: 4, inner: 1 })).rejects.toThrow(
    'softmax: x has 24 bytes, but 8 elements need 32',
  );
  await expect(attempt({ outer: 2, length: 0, inner: 1 })).rejects.toThrow('length = 0');
});
