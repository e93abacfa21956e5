/** Sums as plain loops in float64: what the kernels are tested against. */

/** Σ x, or Σ x · times, over axes of `shape`. */
export function sumAxes(
  { x, times }: { readonly x: ArrayLike<number>; readonly times?: ArrayLike<number> | undefined },
  shape: readonly number[],
  axes: readonly number[],
): Float64Array {
  const left = shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const sums = new Float64Array(left.reduce((product, side) => product * side, 1));
  for (let i = 0; i < x.length; i++) {
    let [rest, at, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const side = shape[axis]!; // an axis of it
      if (!axes.includes(axis)) {
        at += (rest % side) * stride;
        stride *= side;
      }
      rest = Math.floor(rest / side);
    }
    sums[at]! += x[i]! * (times?.[i] ?? 1); // one of the sums
  }
  return sums;
}
