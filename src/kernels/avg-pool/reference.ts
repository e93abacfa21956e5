/** Global average pool as plain loops in float64: what the kernels are tested against. */
import type { AvgPoolShape } from './index.ts';

type Numbers = ArrayLike<number>;

/** y [n, c], the mean of x [n, h, w, c] over its pixels. */
export function forward(x: Numbers, { n, h, w, c }: AvgPoolShape): Float64Array {
  const y = new Float64Array(n * c);
  for (let i = 0; i < n * h * w * c; i++) {
    const image = Math.floor(i / (h * w * c));
    y[image * c + (i % c)]! += x[i]! / (h * w); // in range by construction
  }
  return y;
}

/** dx [n, h, w, c], an equal share of dy [n, c] at each pixel. */
export function backward(dy: Numbers, { n, h, w, c }: AvgPoolShape): Float64Array {
  return Float64Array.from({ length: n * h * w * c }, (_, i) => {
    const image = Math.floor(i / (h * w * c));
    return dy[image * c + (i % c)]! / (h * w); // in range by construction
  });
}
