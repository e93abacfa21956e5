import { describe, expect, it } from 'vitest';
import { testGpu } from '../../../../test/support/gpu.ts';
import { expectClose, noise, runKernels } from '../../../../test/support/kernels.ts';
import { cases } from '../cases.ts';
import { chooseAlgorithm, forwardPass, outputSize, type Conv2dShape } from '../index.ts';
import { conv2dForwardReference, sumTolerance } from '../reference.ts';
import { ladder } from './index.ts';

const gpu = await testGpu();

/**
 * Winograd's long sums are over c and not 9 · c terms. Its transforms add sums of four inputs and nine products, whose roundings the
 * same bound has room for: the largest error seen over these cases is 0.4 of it.
 */
function tolerance(rung: string, shape: Conv2dShape) {
  const { r, s, c } = shape;
  const growth = rung === 'engine' ? (chooseAlgorithm(gpu, forwardPass, shape).errorGrowth ?? 1) : 1;
  return { relative: growth * sumTolerance(rung === '5-winograd' ? c : r * s * c) };
}

describe.each(ladder)('conv2d ladder: $name', (rung) => {
  it.each(cases.filter((shape) => rung.suits(shape, gpu)))('$name equals the plain loops', async (shape) => {
    const { n, h, w, c, k, r, s } = shape;
    const { oh, ow } = outputSize(shape);
    const [x, weight] = [noise(n * h * w * c, 1), noise(r * s * c * k, 2)];
    const { y } = await runKernels(gpu, { x, weight }, { y: n * oh * ow * k }, (storages) =>
      rung.run(gpu, storages, shape),
    );
    expectClose(y, conv2dForwardReference(x, weight, shape), tolerance(rung.name, shape), 'y');
  });
});

describe('conv2d ladder', () => {
  it('refuses what is no convolution, and what a rung does not do', () => {
    const storage = gpu.temporary(64);
    const shape = { n: 1, h: 2, w: 2, c: 1, k: 1, r: 3, s: 3, stride: 1, padding: 1 };
    const run = (name: string, changed: Partial<Conv2dShape>) => () =>
      ladder
        .find((rung) => rung.name === name)!
        .run(gpu, { x: storage, weight: storage, y: storage }, { ...shape, ...changed });
    expect(run('1-naive', { padding: 0 })).toThrow(/3×3 kernel does not fit a 2×2 image/);
    expect(run('1-naive', { h: 5, w: 5 })).toThrow(/x has 64 bytes, but 25 elements need 100/);
    expect(run('5-winograd', { stride: 2 })).toThrow(/3×3 kernel of stride 2 is not 3×3 of stride 1/);
  });
});
