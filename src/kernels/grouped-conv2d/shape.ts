/** The sizes of a convolution in groups, and what follows from them. */
import { checkSizes } from '../checks.ts';
import { slidingOutput, type SlidingWindow } from '../sliding-output.ts';

/**
 * x `[n, h, w, c]`, weight `[R, S, c / groups, k]`, y `[n, oh, ow, k]`, all f32: output channels come in `groups` runs, each of which
 * sees the run of input channels of its number. Strides, dilation and padding may differ by axis, and padding by side.
 */
export interface GroupedConv2dShape extends Omit<SlidingWindow, 'ceil'> {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  /** Channels in. */
  readonly c: number;
  /** Channels out. */
  readonly k: number;
  readonly groups: number;
}

/**
 * Height and width of y. Throws `RangeError` for sizes that fit no convolution.
 *
 * ```ts
 * const everyOther = { kernel: [3, 3], stride: [1, 1], dilation: [2, 2], padding: [0, 0, 0, 0] } as const;
 * groupedOutput({ ...everyOther, n: 1, h: 6, w: 7, c: 4, k: 4, groups: 4 }); // → { oh: 2, ow: 3 }
 * ```
 */
export function groupedOutput(shape: GroupedConv2dShape): { readonly oh: number; readonly ow: number } {
  const { n, h, w, c, k, groups } = shape;
  checkSizes('conv2d', { n, h, w, c, k, groups });
  if (c % groups !== 0 || k % groups !== 0)
    throw new RangeError(`conv2d: ${c} channels in and ${k} out do not come in ${groups} groups.`);
  return slidingOutput('conv2d', shape, shape);
}

/** Elements of x, weight and y. */
export function elementsOf(shape: GroupedConv2dShape): { x: number; weight: number; y: number } {
  const { n, h, w, c, k, groups, kernel } = shape;
  const { oh, ow } = groupedOutput(shape);
  return { x: n * h * w * c, weight: kernel[0] * kernel[1] * (c / groups) * k, y: n * oh * ow * k };
}

/** How many products an element of each pass's result is the sum of, at most. */
export function termsOf(shape: GroupedConv2dShape) {
  const { n, c, k, groups, kernel } = shape;
  const { oh, ow } = groupedOutput(shape);
  const taps = kernel[0] * kernel[1];
  return {
    forward: (taps * c) / groups,
    backwardData: (taps * k) / groups,
    backwardWeight: n * oh * ow,
  };
}

/**
 * Floating-point operations of one pass: 2 · elements of y · taps · c / groups. Throws as `groupedOutput` does.
 *
 * ```ts
 * const window = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1] } as const;
 * groupedFlops({ ...window, n: 1, h: 2, w: 2, c: 4, k: 4, groups: 4 }); // → 2 * (2 * 2 * 4) * 9
 * ```
 */
export const groupedFlops = (shape: GroupedConv2dShape): number =>
  2 * elementsOf(shape).y * termsOf(shape).forward;
