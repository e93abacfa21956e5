/**
 * A convolution's weight is `[K, C, R, S]` (OIHW) in files and `[R, S, C, K]` on the GPU, where all output channels of a
 * tap lie side by side.
 */

/** The shape on the GPU of a weight with this shape in files. */
export function rsckShape([k = 0, c = 0, r = 0, s = 0]: readonly number[]): number[] {
  return [r, s, c, k];
}

/** Reorders a weight of the given file shape for the GPU. */
export function oihwToRsck(data: Float32Array, fileShape: readonly number[]): Float32Array {
  const out = new Float32Array(data.length);
  forEachWeight(fileShape, (file, here) => (out[here] = data[file]!)); // both indices run over all elements
  return out;
}

/** The inverse of `oihwToRsck`. */
export function rsckToOihw(data: Float32Array, fileShape: readonly number[]): Float32Array {
  const out = new Float32Array(data.length);
  forEachWeight(fileShape, (file, here) => (out[file] = data[here]!));
  return out;
}

/** Calls `visit` with the index in `[K, C, R, S]` and in `[R, S, C, K]` of each element. */
function forEachWeight(
  [k = 0, c = 0, r = 0, s = 0]: readonly number[],
  visit: (file: number, here: number) => void,
): void {
  const taps = r * s;
  for (let ki = 0; ki < k; ki++)
    for (let ci = 0; ci < c; ci++)
      for (let tap = 0; tap < taps; tap++) visit((ki * c + ci) * taps + tap, (tap * c + ci) * k + ki);
}
