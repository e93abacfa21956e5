import { expect, it } from 'vitest';
import { headFlops, mobileNetFlops, resnet18Flops } from './flops.ts';

// 1.8 billion multiply-adds an image (He et al. 2016, table 1; torchvision says 1.814), so twice as many operations.
it('counts what the paper counts', () => {
  const flops = resnet18Flops({ batch: 1, size: 224 }, 1000, 'nothing');
  expect(flops / 2e9).toBeCloseTo(1.814, 3);
});

it('counts a gradient for what is trained and for what lies behind it, and no other', () => {
  const size = { batch: 2, size: 64 };
  const forward = resnet18Flops(size, 10, 'nothing');
  expect(resnet18Flops(size, 10, 'head') - forward).toBe(headFlops(2, 10) / 2);
  const stem = 2 * 2 * 32 * 32 * 64 * 7 * 7 * 3;
  expect(resnet18Flops(size, 10, 'all')).toBe(3 * forward - stem);
  // layer4 at 2×2: three convolutions of 512 to 512 with both gradients, and two that read layer3 with one.
  const product = (r: number, c: number) => 2 * 2 * 2 * 2 * r * r * c * 512;
  const layer4 = 3 * 2 * product(3, 512) + product(3, 256) + product(1, 256);
  expect(resnet18Flops(size, 10, 'layer4') - forward).toBe(layer4 + headFlops(2, 10));
});

// 56 million multiply-adds an image (Howard et al. 2019, table 3; torchvision says 0.057 of a billion with what the squeezes take).
it('counts what the paper counts of MobileNetV3-Small, and its gradients', () => {
  const size = { batch: 1, size: 224 };
  const forward = mobileNetFlops(size, 1000, 'nothing');
  expect(forward / 2e9).toBeCloseTo(0.0565, 3);
  expect(mobileNetFlops(size, 1000, 'all')).toBe(3 * forward - 2 * 112 * 112 * 16 * 3 * 3 * 3);
});
