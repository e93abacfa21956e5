/** The elementwise operations as plain loops in float64: what the kernels are tested against. */
import type { ActivationName } from './activate.ts';

type Numbers = ArrayLike<number>;

interface Formula {
  value(x: number): number;
  /** From x or from y = value(x), whichever the kernel is told. */
  slope(known: number): number;
}
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
const within = (x: number, least: number, most: number): number => Math.min(Math.max(x, least), most);
/** GELU's approximation takes the sigmoid of this polynomial. */
const cubic = (x: number): number => Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);

const formulas: Readonly<Record<ActivationName, Formula>> = {
  relu: { value: (x) => Math.max(x, 0), slope: (y) => (y <= 0 ? 0 : 1) }, // NaN counts as positive
  relu6: { value: (x) => within(x, 0, 6), slope: (y) => (y <= 0 || y >= 6 ? 0 : 1) },
  sigmoid: { value: sigma, slope: (y) => y * (1 - y) },
  silu: { value: (x) => x * sigma(x), slope: (x) => sigma(x) * (1 + x * sigma(-x)) },
  'hard-sigmoid': {
    value: (x) => within(x / 6 + 0.5, 0, 1),
    slope: (y) => (y <= 0 || y >= 1 ? 0 : 1 / 6),
  },
  'hard-swish': {
    value: (x) => x * within(x / 6 + 0.5, 0, 1),
    slope: (x) => (x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5),
  },
  gelu: { value: (x) => x * normal(x), slope: (x) => normal(x) + x * density(x) },
  'gelu-tanh': {
    value: (x) => x * sigma(cubic(x)),
    slope(x) {
      const rise = Math.sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
      return sigma(cubic(x)) + x * sigma(cubic(x)) * sigma(-cubic(x)) * rise;
    },
  },
};

/** y = f(x) of an activation. */
export const activate = (name: ActivationName, x: Numbers): Float64Array =>
  Float64Array.from(x, (value) => formulas[name].value(value));

/** dx = dy · f'(x) of an activation, from x or from its result, whichever the kernel is told. */
export const activateBackward = (name: ActivationName, dy: Numbers, known: Numbers): Float64Array =>
  Float64Array.from(dy, (value, i) => value * formulas[name].slope(known[i]!)); // of one size

/** y = a + b. */
export const add = (a: Numbers, b: Numbers): Float64Array =>
  Float64Array.from(a, (value, i) => value + b[i]!); // of one size

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
