/** Max-pool as plain loops: what the kernels are tested against. */
import { type MaxPoolShape, maxPoolOutput } from './index.ts';

type Numbers = ArrayLike<number>;

/** The maxima y [n, oH, oW, c], and for each the flat index in x that it came from. */
export function forward(x: Numbers, shape: MaxPoolShape) {
  const { n, h, w, c, kernel, stride, padding } = shape;
  const out = maxPoolOutput(shape);
  const y = new Float64Array(n * out.h * out.w * c);
  const source = new Uint32Array(y.length);
  let at = 0;
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < out.h; oy++)
      for (let ox = 0; ox < out.w; ox++)
        for (let channel = 0; channel < c; channel++) {
          let best: number | undefined;
          for (let r = 0; r < kernel; r++)
            for (let s = 0; s < kernel; s++) {
              const [iy, ix] = [oy * stride - padding + r, ox * stride - padding + s];
              if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
              const from = ((image * h + iy) * w + ix) * c + channel;
              const value = x[from]!; // inside the image
              if (best === undefined || value > best || Number.isNaN(value)) {
                best = value;
                source[at] = from;
              }
            }
          y[at++] = best!; // padding is at most half a window: one tap at least is inside
        }
  return { y, source };
}

/** dx of `size` elements: each gradient goes to its maximum's source. */
export function backward(dy: Numbers, source: Uint32Array, size: number): Float64Array {
  const dx = new Float64Array(size);
  source.forEach((from, i) => (dx[from]! += dy[i]!)); // both in range by construction
  return dx;
}
