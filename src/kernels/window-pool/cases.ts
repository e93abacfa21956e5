// The pools over windows that tests and benchmarks run: what PyTorch and ONNX can ask for and max-pool's own kernels do not know.
import type { Pair, Sides } from '../sliding.ts';
import type { AverageOptions, WindowPoolShape } from './shape.ts';

export interface WindowPoolCase extends WindowPoolShape {
  readonly name: string;
}

export interface WindowMaxCase extends WindowPoolCase {
  /** The input takes only the values −1, −½, 0 and ½, so that nearly every window ties. */
  readonly ties: boolean;
}

export type WindowAverageCase = WindowPoolCase & AverageOptions;

interface Sizes {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Sides;
  readonly ceil?: boolean;
}

const of = (
  name: string,
  [n, h, w, c]: readonly [n: number, h: number, w: number, c: number],
  { kernel, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0], ceil = false }: Sizes,
): WindowPoolCase => ({ name, n, h, w, c, kernel, stride, dilation, padding, ceil });

export const maxCases: readonly WindowMaxCase[] = [
  { ...of('one-element', [1, 1, 1, 1], { kernel: [1, 1] }), ties: false },
  {
    ...of('dilated', [2, 9, 8, 4], { kernel: [3, 3], dilation: [2, 2], padding: [1, 1, 1, 1] }),
    ties: false,
  },
  {
    ...of('dilated-by-axis-ties', [1, 9, 12, 3], { kernel: [2, 3], stride: [2, 1], dilation: [3, 2] }),
    ties: true,
  },
  { ...of('ceil', [2, 8, 7, 8], { kernel: [3, 3], stride: [2, 2], ceil: true }), ties: false },
  // The last window would begin in the padding to the right, and is left out.
  {
    ...of('ceil-past-the-image', [1, 4, 5, 4], {
      kernel: [2, 2],
      stride: [3, 3],
      padding: [1, 1, 1, 1],
      ceil: true,
    }),
    ties: false,
  },
  {
    ...of('by-axis-ties', [2, 7, 11, 5], { kernel: [3, 2], stride: [1, 2], padding: [1, 0, 1, 0] }),
    ties: true,
  },
  { ...of('by-side', [1, 5, 6, 4], { kernel: [3, 3], stride: [2, 2], padding: [1, 0, 0, 1] }), ties: false },
  {
    ...of('past-a-workgroup', [3, 13, 11, 67], { kernel: [3, 3], stride: [2, 2], padding: [0, 0, 1, 1] }),
    ties: false,
  },
];

export const averageCases: readonly WindowAverageCase[] = [
  of('one-element', [1, 1, 1, 1], { kernel: [1, 1] }),
  of('2x2', [2, 6, 8, 4], { kernel: [2, 2], stride: [2, 2] }),
  of('3x3-overlapping', [1, 7, 5, 3], { kernel: [3, 3], padding: [1, 1, 1, 1] }),
  {
    ...of('3x3-without-padding', [2, 7, 6, 8], { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] }),
    countIncludePad: false,
  },
  of('ceil', [1, 8, 7, 4], { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], ceil: true }),
  {
    ...of('ceil-without-padding', [2, 8, 7, 5], {
      kernel: [3, 3],
      stride: [2, 2],
      padding: [1, 1, 1, 1],
      ceil: true,
    }),
    countIncludePad: false,
  },
  {
    ...of('divisor', [1, 6, 6, 4], { kernel: [3, 2], stride: [1, 2], padding: [1, 0, 1, 0] }),
    divisorOverride: 5,
  },
  of('by-axis', [2, 9, 7, 6], { kernel: [2, 5], stride: [3, 1], padding: [0, 2, 0, 2] }),
  of('past-a-workgroup', [3, 13, 11, 68], { kernel: [3, 3], stride: [2, 2] }),
];
