/** The elementwise kernels themselves, each a line of WGSL. */
import { memoizeKernel, read, wgsl, write } from '../../gpu/index.ts';
import { floats, type Width } from '../vectors.ts';
import { defineMap } from './map.wgsl.ts';

/** y = x where x > 0, else 0. A select and not max(), which is free to drop NaN: a diverging network must show. */
export const reluKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `relu ${T}`,
    bindings: { x: read(T), y: write(T) },
    item: `  let value = x[i];\n  y[i] = select(value, ${T}(0), value <= ${T}(0));`,
  });
});

/** dx = dy where y > 0, else 0. */
export const reluBackwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `relu.backward ${T}`,
    bindings: { dy: read(T), y: read(T), dx: write(T) },
    item: `  dx[i] = select(dy[i], ${T}(0), y[i] <= ${T}(0));`,
  });
});

/**
 * y = 1 / (1 + exp(−x)) by exp(−|x|), which does not overflow and keeps the digits of a small result. exp may lose NaN, so
 * what is neither negative nor not is passed on as it is.
 */
export const sigmoidKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `sigmoid ${T}`,
    bindings: { x: read(T), y: write(T) },
    item: `  let value = x[i];
  let e = exp(-abs(value));
  let large = ${T}(1) / (${T}(1) + e);
  y[i] = select(select(value, large, value >= ${T}(0)), e * large, value < ${T}(0));`,
  });
});

/** dx = dy · y · (1 − y). */
export const sigmoidBackwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `sigmoid.backward ${T}`,
    bindings: { dy: read(T), y: read(T), dx: write(T) },
    item: `  let value = y[i];\n  dx[i] = dy[i] * value * (${T}(1) - value);`,
  });
});

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

/** y = x · Φ(x), Φ the standard normal distribution (Hendrycks and Gimpel 2016). */
export const geluKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `gelu ${T}`,
    bindings: { x: read(T), y: write(T) },
    declarations: normalTail(T),
    item: `  let value = x[i];\n  y[i] = value * below(value, tail(value, exp(-0.5 * value * value)));`,
  });
});

/** dx = dy · (Φ(x) + x · exp(−x²/2) / √(2π)). */
export const geluBackwardKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `gelu.backward ${T}`,
    bindings: { dy: read(T), x: read(T), dx: write(T) },
    declarations: normalTail(T),
    item: `  let value = x[i];
  let e = exp(-0.5 * value * value);
  dx[i] = dy[i] * (below(value, tail(value, e)) + value * (e * ${1 / Math.sqrt(2 * Math.PI)}));`,
  });
});

/** y = a + b. */
export const addKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `add ${T}`,
    bindings: { a: read(T), b: read(T), y: write(T) },
    item: '  y[i] = a[i] + b[i];',
  });
});

/** y += x. */
export const accumulateKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `accumulate ${T}`,
    bindings: { x: read(T), y: write(T) },
    item: '  y[i] += x[i];',
  });
});

/** y = a · b. */
export const mulKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `mul ${T}`,
    bindings: { a: read(T), b: read(T), y: write(T) },
    item: '  y[i] = a[i] * b[i];',
  });
});

/** y = x · factor[0]. */
export const scaleKernel = memoizeKernel((width: Width) => {
  const T = floats(width);
  return defineMap({
    name: `scale ${T}`,
    bindings: { x: read(T), y: write(T), factor: read() },
    setup: '  let scalar = factor[0];',
    item: '  y[i] = x[i] * scalar;',
  });
});
