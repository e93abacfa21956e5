/** Softmax as plain loops in float64: what the kernels are tested against. */
import type { AxisShape } from '../columns.ts';

type Numbers = ArrayLike<number>;

/** Calls `visit` with the places of each column of a tensor [outer, length, inner]. */
function eachColumn({ outer, length, inner }: AxisShape, visit: (places: readonly number[]) => void): void {
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) visit(Array.from({ length }, (_, k) => (o * length + k) * inner + i));
}

export function softmax(x: Numbers, shape: AxisShape, isLog: boolean): Float64Array {
  const y = new Float64Array(x.length);
  eachColumn(shape, (places) => {
    const peak = Math.max(...places.map((at) => x[at]!)); // places are of x
    const total = places.reduce((sum, at) => sum + Math.exp(x[at]! - peak), 0);
    for (const at of places)
      y[at] = isLog ? x[at]! - peak - Math.log(total) : Math.exp(x[at]! - peak) / total;
  });
  return y;
}

/** dx from the result y. */
export function softmaxBackward(dy: Numbers, y: Numbers, shape: AxisShape, isLog: boolean): Float64Array {
  const dx = new Float64Array(dy.length);
  eachColumn(shape, (places) => {
    const total = places.reduce((sum, at) => sum + dy[at]! * (isLog ? 1 : y[at]!), 0); // places are of both
    for (const at of places) dx[at] = isLog ? dy[at]! - Math.exp(y[at]!) * total : y[at]! * (dy[at]! - total);
  });
  return dx;
}
