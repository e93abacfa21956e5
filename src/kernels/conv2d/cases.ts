// The convolutions that tests and benchmarks run: every shape of ResNet-18, and the odd ones that break tiling,
// padding and stride arithmetic. One list for both, so that what is timed is also what is proved right.
import { convolutionsAt, type NetworkSize } from '../../networks/resnet/activations.ts';
import { geometries } from '../../networks/resnet/geometry.ts';
import type { Conv2dShape } from './shape.ts';

/** A convolution by name; weight is `[k, c, r, s]` (OIHW) where a golden holds it. */
export interface Conv2dCase extends Conv2dShape {
  readonly name: string;
}

/** A convolution of ResNet-18 and how many times a forward pass runs it. */
export interface CountedConv2dCase extends Conv2dCase {
  readonly count: number;
}

/** The 11 distinct convolutions of ResNet-18 (20 with their counts) at a batch and image size. */
export function resnet18Cases(size: NetworkSize): readonly CountedConv2dCase[] {
  return convolutionsAt(geometries.resnet18, size).map((conv) => ({
    ...conv,
    name: `resnet18-${conv.name}`,
  }));
}

const odd: readonly Conv2dCase[] = [
  { name: 'one-element', n: 1, h: 1, w: 1, c: 1, k: 1, r: 1, s: 1, stride: 1, padding: 0 },
  { name: '3x3-on-1x1', n: 2, h: 1, w: 1, c: 5, k: 3, r: 3, s: 3, stride: 1, padding: 1 },
  { name: '3x3-on-1x1-stride-2', n: 1, h: 1, w: 1, c: 64, k: 64, r: 3, s: 3, stride: 2, padding: 1 },
  { name: '3x3-on-2x2-wide', n: 3, h: 2, w: 2, c: 67, k: 130, r: 3, s: 3, stride: 1, padding: 1 },
  { name: '3x3-on-7x7', n: 1, h: 7, w: 7, c: 64, k: 64, r: 3, s: 3, stride: 1, padding: 1 },
  { name: '3x3-on-7x7-stride-2', n: 2, h: 7, w: 7, c: 64, k: 128, r: 3, s: 3, stride: 2, padding: 1 },
  { name: '3x3-valid-oblong', n: 2, h: 5, w: 11, c: 3, k: 5, r: 3, s: 3, stride: 1, padding: 0 },
  { name: '3x3-odd-channels', n: 3, h: 9, w: 13, c: 5, k: 7, r: 3, s: 3, stride: 1, padding: 1 },
  { name: '3x3-past-a-tile', n: 1, h: 17, w: 33, c: 65, k: 66, r: 3, s: 3, stride: 1, padding: 1 },
  { name: '3x3-even-stride-2', n: 1, h: 8, w: 6, c: 4, k: 4, r: 3, s: 3, stride: 2, padding: 1 },
  { name: '3x3-stride-3', n: 2, h: 11, w: 10, c: 8, k: 9, r: 3, s: 3, stride: 3, padding: 1 },
  { name: '3x3-padding-2', n: 1, h: 6, w: 5, c: 6, k: 5, r: 3, s: 3, stride: 1, padding: 2 },
  // A backward-weight sum over 8,192 pixels for 9 × 16 × 16 weights: the shape that wants its sum split.
  { name: '3x3-long-sum', n: 8, h: 32, w: 32, c: 16, k: 16, r: 3, s: 3, stride: 1, padding: 1 },
  { name: '1x1', n: 2, h: 6, w: 7, c: 33, k: 17, r: 1, s: 1, stride: 1, padding: 0 },
  // Stride above the kernel: rows and columns that no output reads get a gradient of zero.
  { name: '1x1-stride-2', n: 2, h: 7, w: 9, c: 64, k: 31, r: 1, s: 1, stride: 2, padding: 0 },
  { name: '1x1-one-channel', n: 1, h: 5, w: 3, c: 1, k: 64, r: 1, s: 1, stride: 1, padding: 0 },
  { name: '1x1-to-one-channel', n: 1, h: 5, w: 3, c: 64, k: 1, r: 1, s: 1, stride: 1, padding: 0 },
  { name: '2x2-stride-2-drops-a-row', n: 2, h: 7, w: 5, c: 5, k: 6, r: 2, s: 2, stride: 2, padding: 0 },
  { name: '1x3', n: 1, h: 4, w: 9, c: 3, k: 4, r: 1, s: 3, stride: 1, padding: 0 },
  { name: '5x2-stride-2', n: 2, h: 12, w: 9, c: 3, k: 8, r: 5, s: 2, stride: 2, padding: 1 },
  { name: '4x4-patches', n: 1, h: 16, w: 16, c: 3, k: 20, r: 4, s: 4, stride: 4, padding: 0 },
  { name: '5x5-one-channel', n: 2, h: 14, w: 14, c: 1, k: 6, r: 5, s: 5, stride: 1, padding: 2 },
  { name: '7x7-kernel-fills-image', n: 3, h: 7, w: 7, c: 10, k: 12, r: 7, s: 7, stride: 1, padding: 0 },
  { name: '7x7-stride-2-on-5x5', n: 1, h: 5, w: 5, c: 3, k: 64, r: 7, s: 7, stride: 2, padding: 3 },
];

/** What the tests run: the odd shapes, then ResNet-18's at two images of 64 px. */
export const cases: readonly Conv2dCase[] = [
  ...odd,
  ...resnet18Cases({ batch: 2, size: 64 }).map(({ count: _count, ...conv }) => conv),
];
