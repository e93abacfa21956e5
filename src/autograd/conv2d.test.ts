/** What conv2d makes of its options: which kernels run, and what reaches them. The kernels are tested beside these. */
import { beforeAll, describe, expect, it } from 'vitest';
import { testGpu } from '../../test/support/gpu.ts';
import { centralDifferences, dot, expectClose, noise } from '../../test/support/kernels.ts';
import type { Gpu } from '../gpu/index.ts';
import * as reference from '../kernels/grouped-conv2d/reference.ts';
import { groupedOutput, type GroupedConv2dShape } from '../kernels/grouped-conv2d/index.ts';
import { conv2d, gradientOf, plainOptions, Tensor, type Conv2dOptions } from './all.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await testGpu();
});

const tensor = (shape: readonly number[], data: Float32Array) =>
  new Tensor(gpu, shape, gpu.upload(data), true);

describe('conv2d', () => {
  it('takes the kernels for plain windows where each axis says the same', () => {
    expect(plainOptions({})).toEqual({ stride: 1, padding: 0 });
    expect(plainOptions({ stride: [2, 2], padding: [1, 1, 1, 1], groups: 1 })).toEqual({
      stride: 2,
      padding: 1,
    });
    for (const options of [
      { stride: [1, 2] },
      { padding: [0, 1] },
      { padding: [1, 1, 1, 0] },
      { dilation: 2 },
      { groups: 2 },
    ])
      expect(plainOptions(options as Conv2dOptions)).toBeUndefined();
  });

  const window = { kernel: [3, 2], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1] } as const;
  const plain: GroupedConv2dShape = { n: 2, h: 4, w: 5, c: 4, k: 4, groups: 1, ...window };
  it.each([
    ['plain', plain],
    ['depthwise', { ...plain, groups: 4 }],
    ['in groups and dilated', { ...plain, groups: 2, dilation: [2, 1], padding: [2, 0, 1, 1] }],
  ] as const)('has gradients with bias that finite differences confirm: %s', async (_, shape) => {
    const { n, h, w, c, k, groups, kernel, stride, dilation, padding } = shape;
    const { oh, ow } = groupedOutput(shape);
    const [x, weight] = [noise(n * h * w * c, 1), noise((kernel[0] * kernel[1] * c * k) / groups, 2)];
    const [bias, seed] = [noise(k, 3), noise(n * oh * ow * k, 4)];
    const forward = (x: ArrayLike<number>, weight: ArrayLike<number>, bias: ArrayLike<number>) =>
      reference.forward(x, weight, shape).map((sum, i) => sum + bias[i % k]!); // k numbers
    const [y, ...gradients] = await gpu.scope(() => {
      const inputs = [
        tensor([n, h, w, c], x),
        tensor([...kernel, c / groups, k], weight),
        tensor([k], bias),
      ] as const;
      const options = { bias: inputs[2], groups, stride, dilation, padding };
      const y = conv2d(inputs[0], inputs[1], options);
      expect(y.shape).toEqual([n, oh, ow, k]);
      const dy = new Tensor(gpu, y.shape, gpu.upload(seed));
      return Promise.all([y, ...inputs.map((input) => gradientOf(y, input, dy))].map((one) => one.read()));
    });
    expectClose(y!, forward(x, weight, bias), { relative: 1e-5 }, 'y'); // four tensors are read
    const slopes = [
      centralDifferences((at) => dot(forward(at, weight, bias), seed), x),
      centralDifferences((at) => dot(forward(x, at, bias), seed), weight),
      centralDifferences((at) => dot(forward(x, weight, at), seed), bias),
    ];
    slopes.forEach((slope, i) => expectClose(gradients[i]!, slope, { relative: 1e-5 }, `gradient ${i}`));
  });

  it('refuses what does not go together', () => {
    const x = tensor([1, 3, 3, 4], new Float32Array(36));
    const weight = tensor([3, 3, 2, 4], new Float32Array(72));
    expect(() => conv2d(x, weight)).toThrow('expected [N, H, W, C] and [R, S, C, K]');
    expect(() => conv2d(x, weight, { groups: 4 })).toThrow('[R, S, C / 4, K]');
    const bias = tensor([3], new Float32Array(3));
    expect(() => conv2d(x, weight, { groups: 2, bias })).toThrow('4 channels do not go with a bias of 3');
    expect(() => conv2d(x, weight, { groups: 2, dilation: [1, 0] })).toThrow('dilation = 0');
  });
});
