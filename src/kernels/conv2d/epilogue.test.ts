/** A convolution with batch norm, shortcut and ReLU in its kernel, against the plain loops of both operations. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../../test/support/gpu.ts';
import { expectClose, noise, runKernels } from '../../../test/support/kernels.ts';
import type { Gpu } from '../../gpu/index.ts';
import { forward as normalise, invStdOf } from '../batch-norm/reference.ts';
import { cases } from './cases.ts';
import { conv2dForward, forwardPass, outputSize, type Conv2dShape, type ForwardAlgorithm } from './index.ts';
import { conv2dForwardReference } from './reference.ts';
import { sumTolerance, termsOf } from './reference.ts';

const EPS = 1e-5;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

function inputs(shape: Conv2dShape) {
  const { oh, ow } = outputSize(shape);
  const { n, h, w, c, k, r, s } = shape;
  return {
    x: noise(n * h * w * c, 1),
    weight: noise(r * s * c * k, 2),
    mean: noise(k, 3),
    variance: noise(k, 4, 0.9, 1),
    gamma: noise(k, 5),
    beta: noise(k, 6),
    residual: noise(n * oh * ow * k, 7),
  };
}

type Options = Parameters<typeof normalise>[2];

const run = (gpu: Gpu, shape: Conv2dShape, algorithm: ForwardAlgorithm, shortcut: boolean, relu: boolean) => {
  const given = inputs(shape);
  return runKernels(gpu, given, { y: given.residual.length }, ({ x, weight, residual, y, ...affine }) => {
    const norm = { ...affine, eps: EPS, residual: shortcut ? residual : undefined, relu };
    conv2dForward(gpu, { x, weight, y, norm }, shape, algorithm);
  });
};

describe('conv2d with an epilogue, every algorithm', () => {
  it.each(cases)('$name equals convolution, batch norm, addition and ReLU', async (shape) => {
    const { x, weight, mean, variance, gamma, beta, residual } = inputs(shape);
    const sums = conv2dForwardReference(x, weight, shape);
    const invStd = invStdOf(Float64Array.from(variance), EPS);
    const affine = {
      rows: sums.length / shape.k,
      channels: shape.k,
      mean,
      invStd,
      weight: gamma,
      bias: beta,
    };
    // The convolution's own tolerance: the affine map scales its error with the values, but for what it cancels.
    const relative = sumTolerance(termsOf(shape).forward) + 1e-6;
    // Kernels differ by the shortcut alone, and ReLU is a parameter: two of the four combinations, and one case of all.
    for (const shortcut of [false, true])
      for (const relu of shape.name === 'resnet18-layer1' ? [false, true] : [!shortcut]) {
        const options: Options = { residual: shortcut ? residual : undefined, relu };
        const expected = normalise(sums, affine, options);
        for (const algorithm of forwardPass.algorithms.filter(({ suits }) => suits(gpu, shape))) {
          const { y } = await run(gpu, shape, algorithm, shortcut, relu);
          const tolerance = { relative: relative * (algorithm.errorGrowth ?? 1) };
          expectClose(y, expected, tolerance, `${algorithm.name}, shortcut ${shortcut}, relu ${relu}`);
        }
      }
  });
});

describe.each(forwardPass.algorithms)('conv2d with an epilogue, $name', (algorithm) => {
  const several = { n: 9, h: 16, w: 8, c: 4, k: 8, r: 3, s: 3, padding: 1 };

  it('works in parts where the batch exceeds a binding', async () => {
    const small = await testGpu({ maxBindingBytes: 5 * 16 * 8 * 8 * 4 });
    for (const stride of [1, 2]) {
      const shape = { ...several, stride };
      if (!algorithm.suits(small, shape)) continue;
      const inParts = await run(small, shape, algorithm, true, true);
      const whole = await run(gpu, shape, algorithm, true, true);
      expectClose(inParts.y, whole.y, { relative: 1e-6 });
    }
  });

  it('lets ReLU pass NaN on, so that a broken network shows', async () => {
    const shape = { n: 1, h: 1, w: 1, c: 4, k: 4, r: 3, s: 3, stride: 1, padding: 1 };
    if (!algorithm.suits(gpu, shape)) return;
    const given = { ...inputs(shape), beta: Float32Array.of(NaN, -99, 99, NaN) };
    const { y } = await runKernels(gpu, given, { y: 4 }, ({ x, weight, residual: _, y, ...affine }) => {
      conv2dForward(gpu, { x, weight, y, norm: { ...affine, eps: EPS, relu: true } }, shape, algorithm);
    });
    expect([...y].map((value) => (Number.isNaN(value) ? 'NaN' : Math.sign(value)))).toEqual([
      'NaN',
      0,
      1,
      'NaN',
    ]);
  });
});

describe('conv2d with an epilogue', () => {
  it('refuses statistics and residuals that are too small', () => {
    const shape = { n: 1, h: 1, w: 1, c: 1, k: 2, r: 1, s: 1, stride: 1, padding: 0 };
    const [right, small] = [gpu.temporary(8), gpu.temporary(4)];
    const norm = { mean: right, variance: right, gamma: right, beta: right, eps: EPS, relu: false };
    const storages = { x: small, weight: right, y: right };
    const run = (changed: object) => () =>
      conv2dForward(gpu, { ...storages, norm: { ...norm, ...changed } }, shape);
    expect(run({ variance: small })).toThrow(/variance has 4 bytes, but 2 elements need 8/);
    expect(run({ residual: small })).toThrow(/residual has 4 bytes; its shape needs 8/);
  });
});
