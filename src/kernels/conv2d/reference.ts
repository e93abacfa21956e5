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

/** The element of y at a flat index: for a look at some of a result that is large. */
export function conv2dForwardAt(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  shape: Conv2dShape,
  index: number,
): number {
  const { h, w, c, k, r, s, stride, padding } = shape;
  const { oh, ow } = outputSize(shape);
  const [image, oy, ox, channel] = placeOf(index, oh, ow, k);
  let sum = 0;
  for (let i = 0; i < r; i++)
    for (let j = 0; j < s; j++) {
      const iy = oy * stride + i - padding;
      const ix = ox * stride + j - padding;
      if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
      const pixel = ((image * h + iy) * w + ix) * c;
      const row = (i * s + j) * c;
      for (let ci = 0; ci < c; ci++) sum += x[pixel + ci]! * weight[(row + ci) * k + channel]!; // in range
    }
  return sum;
}

/** The element of dx at a flat index. */
export function conv2dBackwardDataAt(
  dy: ArrayLike<number>,
  weight: ArrayLike<number>,
  shape: Conv2dShape,
  index: number,
): number {
  const { h, w, c, k, r, s, stride, padding } = shape;
  const { oh, ow } = outputSize(shape);
  const [image, iy, ix, channel] = placeOf(index, h, w, c);
  let sum = 0;
  for (let i = 0; i < r; i++)
    for (let j = 0; j < s; j++) {
      const [oy, ox] = [(iy + padding - i) / stride, (ix + padding - j) / stride];
      if (!Number.isInteger(oy) || oy < 0 || oy >= oh || !Number.isInteger(ox) || ox < 0 || ox >= ow)
        continue;
      const pixel = ((image * oh + oy) * ow + ox) * k;
      const row = ((i * s + j) * c + channel) * k;
      for (let ki = 0; ki < k; ki++) sum += dy[pixel + ki]! * weight[row + ki]!; // in range
    }
  return sum;
}

/** The element of dWeight at a flat index. */
export function conv2dBackwardWeightAt(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  shape: Conv2dShape,
  index: number,
): number {
  const { n, h, w, c, k, s, stride, padding } = shape;
  const { oh, ow } = outputSize(shape);
  const [i, j, channel, out] = placeOf(index, s, c, k);
  let sum = 0;
  for (let image = 0; image < n; image++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++) {
        const iy = oy * stride + i - padding;
        const ix = ox * stride + j - padding;
        if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
        sum += x[((image * h + iy) * w + ix) * c + channel]! * dy[((image * oh + oy) * ow + ox) * k + out]!; // in range
      }
  return sum;
}

/** The four indices of an element of a tensor, whose last three sides are given. */
function placeOf(index: number, b: number, c: number, d: number): [number, number, number, number] {
  const row = Math.floor(index / d);
  const plane = Math.floor(row / c);
  return [Math.floor(plane / b), plane % b, row % c, index % d];
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
