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

/** y = 1 / (1 + exp(−x)). */
export const sigmoid = (x: Numbers): Float64Array =>
  Float64Array.from(x, (value) => 1 / (1 + Math.exp(-value)));

/** dx = dy · y · (1 − y). */
export const sigmoidBackward = (dy: Numbers, y: Numbers): Float64Array =>
  Float64Array.from(dy, (value, i) => value * y[i]! * (1 - y[i]!)); // of one size

/** y = x · Φ(x). */
export const gelu = (x: Numbers): Float64Array => Float64Array.from(x, (value) => value * normal(value));

/** dx = dy · (Φ(x) + x · φ(x)). */
export const geluBackward = (dy: Numbers, x: Numbers): Float64Array =>
  Float64Array.from(dy, (value, i) => value * (normal(x[i]!) + x[i]! * density(x[i]!))); // of one size

/** y = a · b. */
export const mul = (a: Numbers, b: Numbers): Float64Array =>
  Float64Array.from(a, (value, i) => value * b[i]!); // of one size

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Φ(x) = ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …): all terms of one sign, so that nothing cancels but in the sum with ½. Where
 * that leaves too little, left of −4, by Laplace's continued fraction: φ(x) / (|x| + 1/(|x| + 2/(|x| + 3/…))).
 */
function normal(x: number): number {
  if (x < -4) {
    let fraction = -x;
    for (let k = 200; k >= 1; k--) fraction = -x + k / fraction;
    return density(x) / fraction;
  }
  if (x > 4) return 1 - normal(-x);
  let [sum, term] = [0, x];
  for (let k = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum); k += 2) {
    sum += term;
    term *= (x * x) / k;
  }
  return 0.5 + density(x) * sum;
}
