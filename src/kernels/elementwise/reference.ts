/** The elementwise operations as plain loops in float64: what the kernels are tested against. */
type Numbers = ArrayLike<number>;

/** y = max(x, 0). */
export const relu = (x: Numbers): Float64Array => Float64Array.from(x, (value) => Math.max(value, 0));

/** dx = dy where y > 0, else 0; NaN counts as positive. */
export const reluBackward = (dy: Numbers, y: Numbers): Float64Array =>
  Float64Array.from(dy, (value, i) => (y[i]! <= 0 ? 0 : value)); // dy and y are of one size

/** y = a + b. */
export const add = (a: Numbers, b: Numbers): Float64Array =>
  Float64Array.from(a, (value, i) => value + b[i]!); // of one size
