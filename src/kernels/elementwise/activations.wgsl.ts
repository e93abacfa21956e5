/**
 * The activations of networks, a row of a table each: the formula, its derivative, and what that is told from. One frame makes both
 * kernels of a row.
 */
import { type Kernel, memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { defineMap } from './map.wgsl.ts';

/** An activation; the WGSL sees `value`, one item of type T, and sets y[i] or dx[i]. */
interface Activation {
  /** Both kernels in mathematics. */
  readonly about: readonly [forward: string, backward: string];
  /** What the derivative is told from. By the result where that says enough: then the input need not be kept. */
  readonly by: 'x' | 'y';
  /** Numbers of the formula that may be chosen, as they are by default. */
  readonly params?: Readonly<Record<string, number>>;
  readonly wgsl: (T: string) => {
    readonly functions?: string;
    /** From `value` = x[i]. */
    readonly forward: string;
    /** From `value` = x[i] or y[i], and dy[i]. */
    readonly backward: string;
  };
}

/**
 * 1 / (1 + exp(−x)) by exp(−|x|), which does not overflow and keeps the digits of a small result. exp may lose NaN, so what is
 * neither negative nor not is passed on as it is.
 */
const sigmoid = (T: string): string => wgsl`
fn sigmoid(x: ${T}) -> ${T} {
  let e = exp(-abs(x));
  let large = ${T}(1) / (${T}(1) + e);
  return select(select(x, large, x >= ${T}(0)), e * large, x < ${T}(0));
}
// σ(x) · (1 − σ(x)): nothing cancels.
fn slope(x: ${T}) -> ${T} {
  let e = exp(-abs(x));
  return e / ((${T}(1) + e) * (${T}(1) + e));
}`;

/** x within 0 and `most`. By selects and not clamp(), which is free to drop NaN. */
const between = (T: string, x: string, most: number): string =>
  `select(select(${x}, ${T}(${most}), ${x} >= ${T}(${most})), ${T}(0), ${x} <= ${T}(0))`;

/**
 * WGSL has no erf. `tail` is Φ(−|x|), what a standard normal value exceeds |x| by chance, given e = exp(−x²/2): e times a
 * polynomial in t = 1 / (1 + 0.3·|x|), the form of Abramowitz and Stegun's 7.1.26, with coefficients fitted for this file
 * (minimax of the relative error by Lawson's algorithm). For |x| ≤ 6 its relative error is at most 3.7e-8, less than the
 * rounding of a float32; beyond, where the tail is under 1e-9, at most 8e-6 up to |x| = 10.
 */
export const normalTail = (T: string): string => wgsl`
fn tail(x: ${T}, e: ${T}) -> ${T} {
  let t = ${T}(1) / (${T}(1) + 0.3 * abs(x));
  var sum = 0.0360973717 * t - 0.158119581;
  sum = sum * t + 0.206039708;
  sum = sum * t - 0.0510739081;
  sum = sum * t + 0.125504767;
  sum = sum * t + 0.101550699;
  sum = sum * t + 0.120328265;
  sum = sum * t + 0.119672697;
  return e * t * sum;
}
// The normal distribution itself, from its tail: Φ(x).
fn below(x: ${T}, tail: ${T}) -> ${T} { return select(${T}(1) - tail, tail, x < ${T}(0)); }`;

/** √(2/π)·(x + 0.044715·x³) is what GELU's approximation takes tanh of; (1 + tanh(u)) / 2 is the sigmoid of 2u. */
const [LINEAR, CUBIC] = [2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(2 / Math.PI) * 0.044715];

/** A new activation is an entry here, its plain formula in reference.ts, and a function in autograd and nn. */
export const activations = {
  /** A select and not max(), which is free to drop NaN: a diverging network must show. */
  relu: {
    about: ['y = max(x, 0)', 'dx = dy where y > 0'],
    by: 'y',
    wgsl: (T) => ({
      forward: `  y[i] = select(value, ${T}(0), value <= ${T}(0));`,
      backward: `  dx[i] = select(dy[i], ${T}(0), value <= ${T}(0));`,
    }),
  },
  /** Howard et al. 2017. */
  relu6: {
    about: ['y = min(max(x, 0), 6)', 'dx = dy where 0 < y < 6'],
    by: 'y',
    wgsl: (T) => ({
      forward: `  y[i] = ${between(T, 'value', 6)};`,
      backward: `  dx[i] = select(dy[i], ${T}(0), (value <= ${T}(0)) | (value >= ${T}(6)));`,
    }),
  },
  sigmoid: {
    about: ['y = 1 / (1 + exp(−x))', 'dx = dy · y · (1 − y)'],
    by: 'y',
    wgsl: (T) => ({
      functions: sigmoid(T),
      forward: '  y[i] = sigmoid(value);',
      backward: `  dx[i] = dy[i] * value * (${T}(1) - value);`,
    }),
  },
  /** Elfwing et al. 2018; Swish in Ramachandran et al. 2017. */
  silu: {
    about: ['y = x · σ(x)', "dx = dy · (σ(x) + x · σ'(x))"],
    by: 'x',
    wgsl: (T) => ({
      functions: sigmoid(T),
      forward: '  y[i] = value * sigmoid(value);',
      backward: '  dx[i] = dy[i] * (sigmoid(value) + value * slope(value));',
    }),
  },
  /** Courbariaux et al. 2015; slope and offset are PyTorch's, which other formats give as alpha and beta. */
  'hard-sigmoid': {
    about: ['y = slope · x + offset within 0 and 1', 'dx = slope · dy where 0 < y < 1'],
    by: 'y',
    params: { slope: 1 / 6, offset: 0.5 },
    wgsl: (T) => ({
      forward: `  let line = value * params.slope + params.offset;\n  y[i] = ${between(T, 'line', 1)};`,
      backward: `  dx[i] = select(dy[i] * params.slope, ${T}(0), (value <= ${T}(0)) | (value >= ${T}(1)));`,
    }),
  },
  /** Howard et al. 2019. */
  'hard-swish': {
    about: ['y = x · (x/6 + ½ within 0 and 1)', 'dx = dy · (x/3 + ½) where |x| ≤ 3, dy above, 0 below'],
    by: 'x',
    wgsl: (T) => ({
      forward: `  let line = value / 6.0 + 0.5;\n  y[i] = value * ${between(T, 'line', 1)};`,
      backward: `  let line = value / 3.0 + 0.5;
  dx[i] = dy[i] * select(select(line, ${T}(1), value > ${T}(3)), ${T}(0), value < ${T}(-3));`,
    }),
  },
  /** Hendrycks and Gimpel 2016, with the normal distribution Φ itself. */
  gelu: {
    about: ['y = x · Φ(x)', 'dx = dy · (Φ(x) + x · φ(x))'],
    by: 'x',
    wgsl: (T) => ({
      functions: normalTail(T),
      forward: '  y[i] = value * below(value, tail(value, exp(-0.5 * value * value)));',
      backward: `  let e = exp(-0.5 * value * value);
  dx[i] = dy[i] * (below(value, tail(value, e)) + value * (e * ${1 / Math.sqrt(2 * Math.PI)}));`,
    }),
  },
  /** Their approximation, by a sigmoid: tanh would lose the digits of a small result, and overflows on some adapters. */
  'gelu-tanh': {
    about: ['y = x · σ(2u), u = √(2/π)(x + 0.044715x³)', "dx = dy · (σ(2u) + x · σ'(2u) · 2u')"],
    by: 'x',
    wgsl: (T) => ({
      functions: sigmoid(T),
      forward: `  y[i] = value * sigmoid(value * (${LINEAR} + ${CUBIC} * value * value));`,
      backward: `  let u = value * (${LINEAR} + ${CUBIC} * value * value);
  let rise = ${LINEAR} + ${3 * CUBIC} * value * value;
  dx[i] = dy[i] * (sigmoid(u) + value * slope(u) * rise);`,
    }),
  },
} as const satisfies Record<string, Activation>;

/** The name of an activation: the table's row, with its formula and its paper. */
export type ActivationName = keyof typeof activations;
export const activationNames = Object.keys(activations) as ActivationName[];
/** The row of a name, which says what all rows may have. */
export const activationOf = (name: ActivationName): Activation => activations[name];

type Params = Record<string, 'f32'>;
const paramsOf = ({ params = {} }: Activation): Params =>
  Object.fromEntries(Object.keys(params).map((name) => [name, 'f32']));

/** y = f(x). */
export const activationKernel = memoizeKernel(
  (name: ActivationName, width: Width): Kernel<'x' | 'y', string> => {
    const [T, row] = [floats(width), activationOf(name)];
    const { functions = '', forward } = row.wgsl(T);
    return defineMap<'x' | 'y', string>({
      name: `${name} ${T}`,
      bindings: { x: read(T), y: write(T) },
      params: paramsOf(row),
      declarations: functions,
      item: `  let value = x[i];\n${forward}`,
    });
  },
);

/** dx = dy · f'(x), from what the row says: x or y = f(x). */
export const activationBackwardKernel = memoizeKernel(
  (name: ActivationName, width: Width): Kernel<'dy' | 'known' | 'dx', string> => {
    const [T, row] = [floats(width), activationOf(name)];
    const { functions = '', backward } = row.wgsl(T);
    return defineMap<'dy' | 'known' | 'dx', string>({
      name: `${name}.backward ${T}`,
      bindings: { dy: read(T), known: read(T), dx: write(T) },
      params: paramsOf(row),
      declarations: functions,
      item: `  let value = known[i];\n${backward}`,
    });
  },
);
