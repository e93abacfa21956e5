/**
 * A convolution's weight is `[K, C, R, S]` (OIHW) in files and `[R, S, C, K]` on the GPU, where all output channels of a
 * tap lie side by side.
 */

/** The shape on the GPU of a weight with this shape in files. */
export function rsckShape([k = 0, c = 0, r = 0, s = 0]: readonly number[]): number[] {
  return [r, s, c, k];
}

/** Reorders a weight of the given file shape for the GPU. */
export function oihwToRsck(
  data: Float32Array,
  [k = 0, c = 0, r = 0, s = 0]: readonly number[],
): Float32Array {
  return reverseAxes(data, k, c, r * s);
}

/** The inverse of `oihwToRsck`; takes the file shape too. */
export function rsckToOihw(
  data: Float32Array,
  [k = 0, c = 0, r = 0, s = 0]: readonly number[],
): Float32Array {
  return reverseAxes(data, r * s, c, k);
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
