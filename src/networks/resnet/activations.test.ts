import { describe, expect, it } from 'vitest';
import { conv2dFlops } from '../../kernels/conv2d/index.ts';
import { activationsOf, convolutionsAt, normsAt } from './activations.ts';
import { geometries, type ResNetName } from './geometry.ts';

/** Multiplications with additions of an image of 224 px, in 10⁹, and convolutions: as torchvision documents them (`_ops`). */
const torchvision: Readonly<Record<ResNetName, readonly [operations: number, convolutions: number]>> = {
  resnet18: [1.814, 20],
  resnet34: [3.664, 36],
  resnet50: [4.089, 53],
  resnet101: [7.801, 104],
  resnet152: [11.514, 155],
  wide_resnet50_2: [11.398, 53],
  wide_resnet101_2: [22.753, 104],
};

describe.each(Object.entries(torchvision))('the shapes of %s', (name, [operations, count]) => {
  const geometry = geometries[name as ResNetName];
  const convolutions = convolutionsAt(geometry, { batch: 1, size: 224 });
  const total = (counts: readonly { readonly count: number }[]) =>
    counts.reduce((sum, { count }) => sum + count, 0);

  it('are all of its convolutions, and as much work as it is known to be', () => {
    expect(total(convolutions)).toBe(count);
    const flops = convolutions.reduce((sum, conv) => sum + conv.count * conv2dFlops(conv), 0);
    expect((flops / 2 + geometry.features * 1000) / 1e9).toBeCloseTo(operations, 3);
  });

  it('have a norm for each convolution, and names of their own', () => {
    const norms = normsAt(geometry, 224);
    expect(total(norms)).toBe(count);
    for (const shapes of [convolutions, norms])
      expect(new Set(shapes.map(({ name }) => name)).size).toBe(shapes.length);
  });

  it('end in 7×7 pixels', () => {
    const { stem, pooled, stages } = activationsOf(geometry, 224);
    expect([stem, pooled, ...stages].map(({ side }) => side)).toEqual([112, 56, 56, 28, 14, 7]);
    expect(stages[3].channels).toBe(geometry.features);
  });
});
