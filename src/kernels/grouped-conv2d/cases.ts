// The convolutions in groups that tests run, chosen to break strides, padding, dilation and the kernels' cutting, and the depthwise ones
// of MobileNetV3 (Howard et al. 2019, tables 1 and 2) that benchmarks time.
import type { Pair, Sides } from '../sliding.ts';
import type { GroupedConv2dShape } from './shape.ts';

/** A convolution by name; weight is `[k, c / groups, r, s]` (OIHW) where a golden holds it. */
export interface GroupedConv2dCase extends GroupedConv2dShape {
  readonly name: string;
}

interface Sizes {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Sides;
  readonly groups?: number;
}

const of = (
  name: string,
  [n, h, w, c, k]: readonly [n: number, h: number, w: number, c: number, k: number],
  { kernel, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0], groups = 1 }: Sizes,
): GroupedConv2dCase => ({ name, n, h, w, c, k, groups, kernel, stride, dilation, padding });

/** Depthwise, a square window with the padding that keeps the size. */
const depthwise = (
  name: string,
  [n, h, w, c]: readonly [n: number, h: number, w: number, c: number],
  side: number,
  stride: number,
): GroupedConv2dCase => {
  const p = (side - 1) / 2;
  const window = { kernel: [side, side], stride: [stride, stride], padding: [p, p, p, p] } as const;
  return of(name, [n, h, w, c, c], { ...window, groups: c });
};

export const cases: readonly GroupedConv2dCase[] = [
  depthwise('depthwise-one-pixel', [2, 1, 1, 3], 3, 1),
  depthwise('depthwise-3x3', [2, 7, 9, 8], 3, 1),
  depthwise('depthwise-3x3-stride-2', [2, 9, 8, 12], 3, 2),
  depthwise('depthwise-3x3-odd-channels', [3, 6, 5, 7], 3, 1),
  depthwise('depthwise-3x3-odd-channels-stride-2', [1, 7, 10, 5], 3, 2),
  depthwise('depthwise-5x5', [1, 8, 7, 16], 5, 1),
  depthwise('depthwise-5x5-stride-2', [2, 7, 9, 20], 5, 2),
  depthwise('depthwise-5x5-on-2x2', [2, 2, 2, 4], 5, 1),
  depthwise('depthwise-7x7', [1, 9, 9, 4], 7, 1),
  depthwise('depthwise-long-rows', [1, 3, 150, 4], 3, 1),
  depthwise('depthwise-many-channels', [2, 5, 5, 260], 3, 2),
  depthwise('depthwise-long-sum', [4, 33, 31, 8], 3, 1),
  of('depthwise-3x3-stride-3', [2, 10, 11, 4, 4], { kernel: [3, 3], stride: [3, 3], groups: 4 }),
  of('depthwise-2x2-stride-3', [1, 9, 8, 4, 4], { kernel: [2, 2], stride: [3, 3], groups: 4 }),
  of('depthwise-1x1-stride-2', [1, 5, 6, 4, 4], { kernel: [1, 1], stride: [2, 2], groups: 4 }),
  of('depthwise-by-axis', [2, 8, 11, 8, 8], {
    kernel: [3, 5],
    stride: [2, 1],
    padding: [1, 2, 1, 2],
    groups: 8,
  }),
  of('depthwise-by-side', [1, 6, 7, 8, 8], {
    kernel: [3, 3],
    stride: [2, 2],
    padding: [0, 2, 1, 0],
    groups: 8,
  }),
  of('depthwise-wide-padding', [1, 4, 3, 4, 4], { kernel: [3, 3], padding: [4, 3, 5, 6], groups: 4 }),
  of('depthwise-dilated', [1, 9, 8, 4, 4], {
    kernel: [3, 3],
    dilation: [2, 3],
    padding: [2, 3, 2, 3],
    groups: 4,
  }),
  of('depthwise-multiplier', [2, 5, 6, 4, 12], { kernel: [3, 3], padding: [1, 1, 1, 1], groups: 4 }),
  of('groups-of-one-to-two', [1, 4, 5, 3, 6], { kernel: [2, 2], groups: 3 }),
  of('two-groups', [2, 6, 5, 8, 6], { kernel: [3, 3], padding: [1, 1, 1, 1], groups: 2 }),
  of('four-groups-stride-2', [2, 9, 7, 16, 8], {
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    groups: 4,
  }),
  of('groups-1x1', [1, 5, 5, 12, 18], { kernel: [1, 1], groups: 6 }),
  of('dilated', [2, 9, 11, 5, 7], { kernel: [3, 3], dilation: [2, 2], padding: [2, 2, 2, 2] }),
  of('dilated-by-axis', [1, 12, 10, 4, 8], {
    kernel: [3, 2],
    dilation: [3, 2],
    stride: [2, 1],
    padding: [3, 1, 3, 1],
  }),
  of('by-axis', [2, 7, 12, 3, 5], { kernel: [3, 5], stride: [1, 3], padding: [1, 2, 1, 2] }),
  of('by-side', [1, 5, 6, 6, 4], { kernel: [3, 3], stride: [2, 2], padding: [0, 1, 2, 0] }),
  of('one-row', [3, 1, 17, 4, 6], {
    kernel: [1, 3],
    stride: [1, 2],
    dilation: [1, 2],
    padding: [0, 2, 0, 2],
  }),
];

/**
 * The depthwise convolutions of MobileNetV3-Large and -Small at photos of 224 pixels that differ in what decides a kernel's speed: the
 * window, the stride, and how the work is spread over pixels and channels.
 */
export const mobilenetCases = (batch: number): readonly GroupedConv2dCase[] =>
  (
    [
      [112, 16, 3, 1],
      [112, 16, 3, 2],
      [112, 64, 3, 2],
      [56, 72, 3, 1],
      [56, 72, 5, 2],
      [28, 120, 5, 1],
      [28, 240, 3, 2],
      [14, 200, 3, 1],
      [14, 672, 3, 1],
      [14, 240, 5, 1],
      [14, 672, 5, 2],
      [7, 576, 5, 1],
      [7, 960, 5, 1],
    ] as const
  ).map(([side, channels, window, stride]) =>
    depthwise(
      `${window}×${window}/${stride} ${channels}×${side}²`,
      [batch, side, side, channels],
      window,
      stride,
    ),
  );
