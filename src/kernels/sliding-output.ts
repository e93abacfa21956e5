/** A window that slides over the two axes of an image, as kernels take it, and the size of what it leaves. */
import type { Pair, Sides } from './sliding.ts';

export interface SlidingWindow {
  /** Taps. */
  readonly kernel: Pair;
  readonly stride: Pair;
  /** Pixels from one tap to the next. */
  readonly dilation: Pair;
  readonly padding: Sides;
  /** Whether a window that the image does not fill to its end counts, as PyTorch's `ceil_mode`; it must begin within the image or before. */
  readonly ceil?: boolean;
}

/** Pixels from a window's first to past its last, on an axis. */
export const extentOf = (
  { kernel, dilation }: Pick<SlidingWindow, 'kernel' | 'dilation'>,
  axis: 0 | 1,
): number => (kernel[axis] - 1) * dilation[axis] + 1;

/**
 * Height and width of the output, as PyTorch rounds them. Throws `RangeError` unless all sizes are whole numbers in range and
 * the window fits the padded image.
 */
export function slidingOutput(
  op: string,
  { h, w }: { readonly h: number; readonly w: number },
  window: SlidingWindow,
): { readonly oh: number; readonly ow: number } {
  const { kernel, stride, dilation, padding, ceil = false } = window;
  for (const [name, sizes, least] of [
    ['kernel', kernel, 1],
    ['stride', stride, 1],
    ['dilation', dilation, 1],
    ['padding', padding, 0],
  ] as const)
    for (const size of sizes)
      if (!Number.isSafeInteger(size) || size < least)
        throw new RangeError(`${op}: ${name} = ${size} must be a whole number of at least ${least}.`);
  const along = (length: number, axis: 0 | 1): number => {
    const [before, after] = [padding[axis], padding[axis + 2] ?? 0];
    const steps = (length + before + after - extentOf(window, axis)) / stride[axis];
    if (!ceil) return Math.floor(steps) + 1;
    const count = Math.ceil(steps) + 1;
    return (count - 1) * stride[axis] >= length + before ? count - 1 : count;
  };
  const [oh, ow] = [along(h, 0), along(w, 1)];
  if (!(oh >= 1 && ow >= 1))
    throw new RangeError(
      `${op}: a ${extentOf(window, 0)}×${extentOf(window, 1)} window does not fit ${h}×${w} pixels with padding ${padding.join(', ')}.`,
    );
  return { oh, ow };
}
