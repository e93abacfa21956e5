/**
 * A convolution's weight is `[K, C, R, S]` (OIHW) in files and `[R, S, C, K]` on the GPU, where all output channels of a
 * tap lie side by side.
 */

/** The shape on the GPU of a weight with this shape in files. */
export function rsckShape([k = 0, c = 0, r = 0, s = 0]: readonly number[]): number[] {
  return [r, s, c, k];
}

/**
 * Reorders a weight of the given file shape `[K, C, R, S]` for the GPU, into a new array `[R, S, C, K]`. Throws `RangeError` where
 * `data` does not fill the shape.
 *
 * ```ts
 * oihwToRsck(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 1, 3]); // → [1, 4, 2, 5, 3, 6]
 * ```
 */
export function oihwToRsck(data: Float32Array, fileShape: readonly number[]): Float32Array {
  const [k, c, taps] = axesOf(data, fileShape);
  return reverseAxes(data, k, c, taps);
}

/**
 * The inverse of `oihwToRsck`; takes the file shape too, and throws alike.
 *
 * ```ts
 * rsckToOihw(Float32Array.of(1, 4, 2, 5, 3, 6), [1, 2, 1, 3]); // → [1, 2, 3, 4, 5, 6]
 * ```
 */
export function rsckToOihw(data: Float32Array, fileShape: readonly number[]): Float32Array {
  const [k, c, taps] = axesOf(data, fileShape);
  return reverseAxes(data, taps, c, k);
}

/** K, C and R · S of a weight with this file shape. */
function axesOf(data: Float32Array, fileShape: readonly number[]): readonly [number, number, number] {
  const [k = 0, c = 0, r = 0, s = 0] = fileShape;
  if (data.length !== k * c * r * s)
    throw new RangeError(`conv2d: ${data.length} values do not fill a weight of [${fileShape.join(', ')}].`);
  return [k, c, r * s];
}

/** `[first, second, third]` → `[third, second, first]`: with the taps r · s as one axis, both orders are each other's. */
function reverseAxes(data: Float32Array, first: number, second: number, third: number): Float32Array {
  const out = new Float32Array(data.length);
  let from = 0;
  for (let i = 0; i < first; i++)
    for (let j = 0; j < second; j++)
      for (let k = 0; k < third; k++) out[(k * second + j) * first + i] = data[from++]!; // runs over all elements
  return out;
}
