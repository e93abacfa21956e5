/**
 * What the tests of kernels share: run host functions on given arrays and get the results as arrays, compare them
 * with a message that finds the fault, and differentiate a reference numerically.
 */
import { expect } from 'vitest';
import type { Gpu, Storage } from '../../src/gpu/index.ts';
import { formulaTensor } from '../golden/formula.ts';

export interface Tolerance {
  /**
   * Largest allowed |actual − expected|, as a share of the element's own magnitude or of the tensor's root mean
   * square, whichever is larger: rounding grows with the terms of a sum, not with what is left after they cancel.
   */
  readonly relative: number;
  /** Allowed on top of that, in the tensor's own unit. */
  readonly absolute?: number;
}

/** Asserts that two tensors agree, NaN and infinities in the same places; the message names the worst element. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number> & Iterable<number>,
  { relative, absolute = 0 }: Tolerance,
  what = 'tensor',
): void {
  expect(actual.length, `${what}: number of elements`).toBe(expected.length);
  const rootMeanSquare = rootMeanSquareOf(expected);
  let worst = { excess: 0, message: '' };
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!]; // the lengths are equal
    if (Object.is(a, e) || a === e) continue;
    const error = Math.abs(a - e);
    const allowed = absolute + relative * Math.max(Math.abs(e), rootMeanSquare);
    if (error <= allowed) continue;
    const excess = Number.isFinite(error) && allowed > 0 ? error / allowed : Infinity;
    if (excess <= worst.excess) continue;
    worst = { excess, message: `[${i}] is ${a}, expected ${e} (error ${error}, allowed ${allowed})` };
  }
  if (worst.message) expect.fail(`${what}: ${worst.message}; root mean square ${rootMeanSquare}`);
}

/** Over the finite elements; 0 where there are none. */
function rootMeanSquareOf(values: Iterable<number>): number {
  let [sum, finite] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value * value;
    finite += 1;
  }
  return Math.sqrt(sum / Math.max(1, finite));
}

/**
 * Uploads `inputs`, lets `record` call host functions on the storages, and reads the `outputs` back. An output is
 * given as its number of floats, which start as NaN so that what no kernel writes shows, or as its first values.
 */
export async function runKernels<I extends string, O extends string>(
  gpu: Gpu,
  inputs: Readonly<Record<I, Float32Array | Uint32Array>>,
  outputs: Readonly<Record<O, number | Float32Array>>,
  record: (storages: Readonly<Record<I | O, Storage>>) => void,
): Promise<Record<O, Float32Array>> {
  const names = Object.keys(outputs) as O[];
  const results = await gpu.scope(() => {
    const storages = {} as Record<I | O, Storage>;
    for (const name of Object.keys(inputs) as I[]) storages[name] = gpu.upload(inputs[name], name);
    for (const name of names) {
      const output = outputs[name];
      const first = typeof output === 'number' ? new Float32Array(output).fill(NaN) : output.slice();
      storages[name] = gpu.upload(first, name);
    }
    record(storages);
    return Promise.all(names.map((name) => gpu.read(storages[name])));
  });
  return Object.fromEntries(names.map((name, i) => [name, results[i]])) as Record<O, Float32Array>;
}

/** Whether two tensors of 32-bit elements are the same bit by bit, NaNs and the signs of zeros included. */
export function sameBits(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const [words, others] = [wordsOf(a), wordsOf(b)];
  for (let i = 0; i < words.length; i++) if (words[i] !== others[i]) return false;
  return words.length === others.length;
}

const wordsOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint32Array(buffer, byteOffset, byteLength / 4);

/** Reproducible float32 values, uniform in [offset − scale, offset + scale); `seed` tells tensors apart. */
export function noise(count: number, seed: number, scale = 1, offset = 0): Float32Array {
  return formulaTensor(`noise/${seed}`, [count], { scale, offset });
}

/** The dot product of two tensors: with random `b`, the scalar whose gradient a finite-difference test checks. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!; // callers pass tensors of one size
  return sum;
}

/** The gradient of a scalar function at `at` by central differences: error O(step²), so use float64 references. */
export function centralDifferences(
  f: (x: Float64Array) => number,
  at: ArrayLike<number>,
  step = 1e-4,
): Float64Array {
  const x = Float64Array.from(at);
  return x.map((value, i) => {
    x[i] = value + step;
    const above = f(x);
    x[i] = value - step;
    const below = f(x);
    x[i] = value;
    return (above - below) / (2 * step);
  });
}

/** The table of an optimizer's kernel (see src/kernels/update.ts) for `count` parameters that are all of one group. */
export function evenGroups(count: number, { rateScale = 1, weightDecay = 0 } = {}): Float32Array {
  const blocks = Math.ceil(count / 64);
  return Float32Array.from({ length: 2 * blocks }, (_, i) => (i % 2 === 0 ? rateScale : weightDecay));
}
