/**
 * 2-D convolution as its definition says, in plain loops over float64: what the kernels are checked against, by tests and by
 * autotuning, and how far from it they may be.
 */
import { outputSize, type Conv2dShape } from './shape.ts';

/** Calls `visit` with the flat indices of every (x, weight, y) triple that the convolution multiplies and adds. */
function forEachProduct(shape: Conv2dShape, visit: (x: number, weight: number, y: number) => void): void {
  const { n, h, w, c, k, r, s, stride, padding } = shape;
  const { oh, ow } = outputSize(shape);
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let i = 0; i < r; i++)
          for (let j = 0; j < s; j++) {
            const iy = oy * stride + i - padding;
            const ix = ox * stride + j - padding;
            if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
            const x = ((image * h + iy) * w + ix) * c;
            const weight = (i * s + j) * c * k;
            const y = ((image * oh + oy) * ow + ox) * k;
            for (let ci = 0; ci < c; ci++)
              for (let ki = 0; ki < k; ki++) visit(x + ci, weight + ci * k + ki, y + ki);
          }
}

export function conv2dForwardReference(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  shape: Conv2dShape,
): Float64Array {
  const { oh, ow } = outputSize(shape);
  const y = new Float64Array(shape.n * oh * ow * shape.k);
  forEachProduct(shape, (i, j, o) => (y[o]! += x[i]! * weight[j]!));
  return y;
}

export function conv2dBackwardDataReference(
  dy: ArrayLike<number>,
  weight: ArrayLike<number>,
  shape: Conv2dShape,
): Float64Array {
  const dx = new Float64Array(shape.n * shape.h * shape.w * shape.c);
  forEachProduct(shape, (i, j, o) => (dx[i]! += dy[o]! * weight[j]!));
  return dx;
}

export function conv2dBackwardWeightReference(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  shape: Conv2dShape,
): Float64Array {
  const dWeight = new Float64Array(shape.r * shape.s * shape.c * shape.k);
  forEachProduct(shape, (i, j, o) => (dWeight[j]! += x[i]! * dy[o]!));
  return dWeight;
}

/**
 * The allowed error of a sum of `terms` products, as a share of the element's magnitude or of the tensor's root mean square,
 * whichever is larger. In another order than the reference's, rounding errors grow as the root of the number of terms.
 */
export const sumTolerance = (terms: number): number => 4e-7 * Math.sqrt(terms) + 1e-6;

/** How many products an element of each pass's result is the sum of. */
export function termsOf(shape: Conv2dShape) {
  const { oh, ow } = outputSize(shape);
  const window = shape.r * shape.s;
  return { forward: window * shape.c, backwardData: window * shape.k, backwardWeight: shape.n * oh * ow };
}
