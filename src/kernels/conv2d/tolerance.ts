/** How far a convolution in f32 may be from the exact one: for the tests, and for autotuning before it trusts a result. */
import { outputSize, type Conv2dShape } from './shape.ts';

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
