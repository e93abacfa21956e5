/**
 * What a head would say to each of its training photos had it not learned from that one: where that differs from the photo's label,
 * the label may be wrong. A ridge regression of the labels onto features has these answers for all photos at once and exactly, from
 * its hat matrix: the residual left out is e / (1 − h) (Allen 1974, PRESS). It stands beside the temperature: both tell how far labels and
 * answers are to be believed.
 */
import { unitRows } from './familiarity.ts';
import { fitTemperature, temper } from './temperature.ts';

export interface LabelledFeatures {
  /** [N, width] */
  readonly features: Float32Array;
  readonly width: number;
  /** Indices of classes, [N]. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/** The work grows with the square of this: wider features are folded to so many. */
const MOST_FEATURES = 512;
/** Of the mean variance of the features' directions: from hardly any shrinkage to much. */
const SHRINKAGES = [0.001, 0.01, 0.1, 1, 10];
/** Brings differences of scores, which lie within 2, to where temperatures from 0.2 to 5 reach all that is plausible. */
const SHARPNESS = 8;

/**
 * The probability of each class for each photo, [N][classes], by a ridge regression that has not seen that photo. How much it shrinks is chosen by
 * the least error left out, and how sure it is by a temperature. Undefined of fewer than three photos.
 */
export function leaveOneOut(photos: LabelledFeatures): readonly (readonly number[])[] | undefined {
  const { labels, classes } = photos;
  if (labels.length < 3) return undefined;
  const problem = regressionOf(photos);
  let best: { readonly error: number; readonly scores: Float64Array } | undefined;
  for (const shrinkage of SHRINKAGES) {
    const found = scoresLeftOut(problem, problem.variance * shrinkage || 1);
    if (found.error < (best?.error ?? Infinity)) best = found;
  }
  if (!best) return undefined;
  const { scores } = best;
  const rows = Array.from({ length: labels.length }, (_, i) =>
    softmax(scores.subarray(i * classes, (i + 1) * classes)),
  );
  const temperature = fitTemperature(rows, labels, { deviation: Infinity });
  return rows.map((row) => temper(row, temperature));
}

/** A regression of labels onto features, whatever the ridge. */
interface Regression {
  readonly count: number;
  readonly width: number;
  readonly classes: number;
  /** Features less their mean, [count, width]. */
  readonly x: Float64Array;
  /** 1 for a photo's class and 0 for others, less the classes' shares, [count, classes]; and those shares. */
  readonly y: Float64Array;
  readonly shares: Float64Array;
  /** xᵀx, [width, width]; its lower half is filled. */
  readonly gram: Float64Array;
  /** xᵀy, [width, classes] */
  readonly products: Float64Array;
  /** Mean of the diagonal of xᵀx: what a ridge is measured by. */
  readonly variance: number;
}

/** Features are scaled to length 1, as a photo's size in features says little of what is on it. */
export function regressionOf({ features, width: given, labels, classes }: LabelledFeatures): Regression {
  const { length: count } = labels;
  const width = Math.min(given, MOST_FEATURES);
  const x = Float64Array.from(folded(unitRows(features, given), given, width));
  const y = new Float64Array(count * classes);
  for (let i = 0; i < count; i++) y[i * classes + (labels[i] ?? 0)] = 1;
  centre(x, width);
  const shares = centre(y, classes);
  const gram = new Float64Array(width * width);
  const products = new Float64Array(width * classes);
  for (let i = 0; i < count; i++) {
    const row = x.subarray(i * width, (i + 1) * width);
    for (let a = 0; a < width; a++) {
      const value = row[a] ?? 0;
      if (value === 0) continue;
      const at = a * width;
      for (let b = 0; b <= a; b++) gram[at + b]! += value * row[b]!; // within their lengths, here and below
      for (let c = 0; c < classes; c++) products[a * classes + c]! += value * y[i * classes + c]!;
    }
  }
  let trace = 0;
  for (let a = 0; a < width; a++) trace += gram[a * width + a]!;
  return { count, width, classes, x, y, shares, gram, products, variance: trace / width };
}

/** Takes each column's mean off, and returns the means. */
function centre(values: Float64Array, width: number): Float64Array {
  const count = values.length / width;
  const means = new Float64Array(width);
  for (let at = 0; at < values.length; at++) means[at % width]! += values[at]! / count;
  for (let at = 0; at < values.length; at++) values[at]! -= means[at % width]!;
  return means;
}

/** Rows of `width` features as rows of `less`: each is added to or taken off one of them (count sketch, Charikar et al. 2002). */
function folded(rows: Float32Array, width: number, less: number): Float32Array {
  if (less === width) return rows;
  const count = rows.length / width;
  const found = new Float32Array(count * less);
  for (let i = 0; i < count; i++)
    for (let a = 0; a < width; a++) {
      const sign = Math.imul(a + 1, 0x9e3779b1) & 0x10000 ? 1 : -1; // a fixed draw: the same in every run
      found[i * less + (a % less)]! += sign * rows[i * width + a]!;
    }
  return found;
}

/** The scores of each photo left out, [count, classes], and their mean squared error. */
export function scoresLeftOut(
  { count, width, classes, x, y, shares, gram, products }: Regression,
  ridge: number,
): { readonly scores: Float64Array; readonly error: number } {
  const factor = cholesky(gram, width, ridge);
  const weights = products.slice();
  solve(factor, width, weights, classes);
  const scores = new Float64Array(count * classes);
  let error = 0;
  for (let i = 0; i < count; i++) {
    const row = x.subarray(i * width, (i + 1) * width);
    const left = Math.max(1 - 1 / count - leverage(factor, width, row), 1e-6);
    for (let c = 0; c < classes; c++) {
      let fitted = 0;
      for (let a = 0; a < width; a++) fitted += row[a]! * weights[a * classes + c]!;
      const target = y[i * classes + c]!;
      const residual = (target - fitted) / left;
      error += residual ** 2;
      scores[i * classes + c] = shares[c]! + target - residual;
    }
  }
  return { scores, error: error / count };
}

/** The lower triangle of Cholesky's factor of a + ridge · 1, row by row. */
function cholesky(a: Float64Array, n: number, ridge: number): Float64Array {
  const l = a.slice();
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = l[i * n + j]! + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  return l;
}

/** Solves l lᵀ x = b in place, b [n, columns]. */
function solve(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      let sum = b[i * columns + c]!;
      for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[k * columns + c]!;
      b[i * columns + c] = sum / l[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = b[i * columns + c]!;
      for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * b[k * columns + c]!;
      b[i * columns + c] = sum / l[i * n + i]!;
    }
  }
}

/** xᵀ (l lᵀ)⁻¹ x: how much a photo's own label weighs in its fitted score. */
function leverage(l: Float64Array, n: number, x: Float64Array): number {
  const z = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let value = x[i]!;
    const at = i * n;
    for (let k = 0; k < i; k++) value -= l[at + k]! * z[k]!;
    value /= l[at + i]!;
    z[i] = value;
    sum += value * value;
  }
  return sum;
}

function softmax(scores: Float64Array): number[] {
  const largest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const powers = Array.from(scores, (score) => Math.exp((score - largest) * SHARPNESS));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
