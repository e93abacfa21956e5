/**
 * The sizes of a window that slides over the two axes of an image, which may differ, as callers give them. conv2d's and max-pool's kernels
 * for windows that are the same on both axes go by output-length.ts alone, all others by sliding-output.ts.
 */

export type Pair = readonly [vertical: number, horizontal: number];
/** What is added around an image, in pixels. */
export type Sides = readonly [top: number, left: number, bottom: number, right: number];

/** Sizes that may be given once for both axes. */
export type PerAxis = number | Pair;
/** Padding: once for all sides, once an axis, or for each side. */
export type Padding = PerAxis | Sides;

export const pairOf = (size: PerAxis): Pair => (typeof size === 'number' ? [size, size] : size);

export function sidesOf(padding: Padding): Sides {
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  return padding.length === 4 ? padding : [padding[0], padding[1], padding[0], padding[1]];
}
