import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose as expectGolden, opGolden } from '../../../test/golden/golden.ts';
import { windowAverageInputs, windowMaxInputs } from '../../../test/golden/inputs.ts';
import { testGpu } from '../../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { averageCases, maxCases } from './cases.ts';
import {
  windowAverageBackward,
  windowAverageForward,
  windowMaxBackward,
  windowMaxForward,
  windowPoolOutput,
  type AverageOptions,
  type WindowPoolShape,
} from './index.ts';
import * as reference from './reference.ts';

/** Sums of at most nine terms, forwards and backwards, and a division, which WGSL allows 2.5 ULP. */
const SUMMED = { relative: 1e-6 };
const EXACT = { relative: 0 };

let gpu: Gpu;
let limited: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
  limited = await testGpu({ maxBindingBytes: 4096 });
});

const sizes = (shape: WindowPoolShape) => {
  const { oh, ow } = windowPoolOutput('test', shape);
  return { x: shape.n * shape.h * shape.w * shape.c, y: shape.n * oh * ow * shape.c };
};

const maxima = (on: Gpu, shape: WindowPoolShape, x: Float32Array, dy: Float32Array) =>
  runKernels(on, { x, dy }, { y: dy.length, argmax: dy.length, dx: x.length }, (s) => {
    windowMaxForward(on, s, shape);
    windowMaxBackward(on, s, shape);
  });

const averages = (on: Gpu, shape: WindowPoolShape & AverageOptions, x: Float32Array, dy: Float32Array) =>
  runKernels(on, { x, dy }, { y: dy.length, dx: x.length }, (s) => {
    windowAverageForward(on, s, shape, shape);
    windowAverageBackward(on, s, shape, shape);
  });

const tied = (x: Float32Array) => x.map((value) => Math.floor(2 * value) / 2);

async function checkMaxima(on: Gpu, shape: WindowPoolShape, x: Float32Array): Promise<void> {
  const dy = noise(sizes(shape).y, 2);
  const expected = reference.max(x, shape);
  const { y, dx } = await maxima(on, shape, x, dy);
  expectClose(y, expected.y, EXACT, 'y');
  expectClose(dx, reference.maxBackward(dy, expected.source, x.length), SUMMED, 'dx');
}

async function checkAverages(on: Gpu, shape: WindowPoolShape & AverageOptions): Promise<void> {
  const size = sizes(shape);
  const [x, dy] = [noise(size.x, 1, 1, 0.25), noise(size.y, 2)];
  const { y, dx } = await averages(on, shape, x, dy);
  expectClose(y, reference.average(x, shape, shape), SUMMED, 'y');
  expectClose(dx, reference.averageBackward(dy, shape, shape), SUMMED, 'dx');
}

const small: WindowPoolShape = {
  ...{ n: 2, h: 5, w: 4, c: 3, kernel: [3, 2], stride: [2, 1] },
  ...{ dilation: [1, 1], padding: [1, 0, 1, 1] },
};

describe('max-pool over any window', () => {
  it.each(maxCases)('$name', (shape) => {
    const x = noise(sizes(shape).x, 1);
    return checkMaxima(gpu, shape, shape.ties ? tied(x) : x);
  });

  it.each(maxCases)('$name equals PyTorch', async (shape) => {
    const { x, gradOutput } = windowMaxInputs(shape);
    const { y, dx } = await maxima(gpu, shape, x, gradOutput);
    const golden = opGolden('window-max', shape.name);
    expectGolden(y, golden.get('y'), 0);
    expectGolden(dx, golden.get('gradInput'), 1e-6);
  });

  it('takes NaN for the maximum, and minus infinity for a value and for a window of padding alone', async () => {
    const x = noise(sizes(small).x, 1);
    x.set([NaN, -Infinity, Infinity], 0);
    x.fill(-Infinity, 60);
    x[30] = NaN;
    await checkMaxima(gpu, small, x);
    await checkMaxima(gpu, { ...small, padding: [4, 0, 0, 3] }, x);
  });

  it.each([3, 4])('works in parts where the batch exceeds a binding, %i channels', (c) => {
    const shape = { ...small, n: 200, h: 4, w: 4, c };
    return checkMaxima(limited, shape, noise(sizes(shape).x, 1));
  });

  it('has the gradient that finite differences give', async () => {
    const shape = { ...small, dilation: [2, 1], padding: [2, 1, 1, 0] } as const;
    const [x, dy] = [noise(sizes(shape).x, 3), noise(sizes(shape).y, 4)];
    const { dx } = await maxima(gpu, shape, x, dy);
    const expected = centralDifferences((at) => dot(reference.max(at, shape).y, dy), x, 1e-5);
    expectClose(dx, expected, { relative: 1e-5 });
  });
});

describe('average pool over any window', () => {
  it.each(averageCases)('$name', (shape) => checkAverages(gpu, shape));

  it.each(averageCases)('$name equals PyTorch', async (shape) => {
    const { x, gradOutput } = windowAverageInputs(shape);
    const { y, dx } = await averages(gpu, shape, x, gradOutput);
    const golden = opGolden('window-average', shape.name);
    expectGolden(y, golden.get('y'), 1e-6);
    expectGolden(dx, golden.get('gradInput'), 1e-6);
  });

  it.each([3, 4])('works in parts where the batch exceeds a binding, %i channels', (c) =>
    checkAverages(limited, { ...small, n: 200, h: 4, w: 4, c }),
  );

  it('has the gradient that finite differences give', async () => {
    const shape = { ...small, ceil: true, countIncludePad: false };
    const [x, dy] = [noise(sizes(shape).x, 3), noise(sizes(shape).y, 4)];
    const { dx } = await averages(gpu, shape, x, dy);
    const expected = centralDifferences((at) => dot(reference.average(at, shape, shape), dy), x);
    expectClose(dx, expected, { relative: 1e-5 });
  });
});

describe('pools over any window', () => {
  it('refuse shapes that make no sense', () => {
    const storage = gpu.temporary(4);
    const run = (changed: Partial<WindowPoolShape & AverageOptions>) => () =>
      windowAverageForward(gpu, { x: storage, y: storage }, { ...small, ...changed }, changed);
    expect(run({ kernel: [9, 2] })).toThrow('avgPool2d: a 9×2 window does not fit 5×4 pixels');
    expect(run({ stride: [0, 1] })).toThrow('stride = 0');
    expect(run({ dilation: [1, 2] })).toThrow('a mean is taken over all pixels of a window');
    expect(run({ divisorOverride: 0 })).toThrow('divisorOverride = 0 must not be 0');
    expect(run({})).toThrow('avgPool2d: x has 4 bytes, but 120 elements need 480');
    expect(() => windowMaxForward(gpu, { x: storage, y: storage }, small)).toThrow(
      'maxPool2d: x has 4 bytes',
    );
  });
});
