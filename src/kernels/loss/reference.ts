/** Losses as plain loops in float64: what the kernels are tested against. */
import type { Reduction } from './index.ts';

type Numbers = ArrayLike<number>;

/** How labels count. */
export interface LabelOptions {
  readonly classWeights?: Numbers | undefined;
  readonly ignoreIndex?: number | undefined;
  readonly reduction?: Reduction | undefined;
}

/**
 * Softmax cross-entropy of logits [n, classes], its gradient, and the count of samples classified rightly: the
 * cross-entropy with the distribution that smoothing makes of a label, each class by its weight.
 */
export function softmaxCrossEntropy(
  logits: Numbers,
  labels: Numbers,
  { n, classes }: { readonly n: number; readonly classes: number },
  {
    labelSmoothing = 0,
    classWeights,
    ignoreIndex,
    reduction = 'mean',
  }: LabelOptions & { readonly labelSmoothing?: number | undefined } = {},
) {
  let [loss, correct] = [0, 0];
  const dLogits = new Float64Array(n * classes);
  const weights = Array.from({ length: classes }, (_, j) => classWeights?.[j] ?? 1);
  const isIgnored = (i: number) => ignoreIndex !== undefined && labels[i] === ignoreIndex >>> 0;
  let whole = 0;
  for (let i = 0; i < n; i++) if (!isIgnored(i)) whole += weights[labels[i]!]!; // in range, as all below
  if (reduction !== 'mean') whole = 1;
  const losses = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (isIgnored(i)) continue;
    const row = Array.from({ length: classes }, (_, j) => logits[i * classes + j]!);
    const label = labels[i]!;
    const largest = Math.max(...row);
    const sum = row.reduce((total, z) => total + Math.exp(z - largest), 0);
    if (row.indexOf(largest) === label) correct += 1;
    const shares = weights.map(
      (weight, j) => weight * ((j === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes),
    );
    const share = shares.reduce((total, one) => total + one, 0);
    row.forEach((z, j) => {
      losses[i]! += (shares[j]! * (Math.log(sum) - (z - largest))) / whole;
      dLogits[i * classes + j] = (share * (Math.exp(z - largest) / sum) - shares[j]!) / whole;
    });
    loss += losses[i]!;
  }
  return { loss, losses, correct, dLogits };
}

/** The negative log-likelihood of log-probabilities [n, classes], and its gradient. */
export function nllLoss(
  x: Numbers,
  labels: Numbers,
  { n, classes }: { readonly n: number; readonly classes: number },
  { classWeights, ignoreIndex, reduction = 'mean' }: LabelOptions = {},
) {
  const [losses, dLogits] = [new Float64Array(n), new Float64Array(n * classes)];
  const weights = Array.from({ length: n }, (_, i) =>
    ignoreIndex !== undefined && labels[i] === ignoreIndex >>> 0 ? 0 : (classWeights?.[labels[i]!] ?? 1),
  );
  const whole = reduction === 'mean' ? weights.reduce((sum, weight) => sum + weight, 0) : 1;
  let correct = 0;
  weights.forEach((weight, i) => {
    if (weight === 0) return;
    const row = Array.from({ length: classes }, (_, j) => x[i * classes + j]!); // of x
    if (row.indexOf(Math.max(...row)) === labels[i]) correct += 1;
    losses[i] = (-weight * row[labels[i]!]!) / whole;
    dLogits[i * classes + labels[i]!] = -weight / whole;
  });
  return { loss: losses.reduce((sum, loss) => sum + loss, 0), losses, correct, dLogits };
}

/**
 * Binary cross-entropy of logits [n] and targets [n], its gradient, and the count classified rightly; positive
 * samples by their weight.
 */
export function bceWithLogits(
  logits: Numbers,
  targets: Numbers,
  n: number,
  {
    labelSmoothing = 0,
    positiveWeight = 1,
    reduction = 'mean',
  }: {
    readonly labelSmoothing?: number;
    readonly positiveWeight?: number;
    readonly reduction?: Reduction;
  } = {},
) {
  let [loss, correct] = [0, 0];
  const [dLogits, losses] = [new Float64Array(n), new Float64Array(n)];
  const whole = reduction === 'mean' ? n : 1;
  const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  for (let i = 0; i < n; i++) {
    const [z, given] = [logits[i]!, targets[i]!];
    const target = given * (1 - labelSmoothing) + labelSmoothing / 2;
    losses[i] = (positiveWeight * target * softplus(-z) + (1 - target) * softplus(z)) / whole;
    loss += losses[i]!;
    if (z > 0 === given > 0.5) correct += 1;
    dLogits[i] = ((1 - target) / (1 + Math.exp(-z)) - (positiveWeight * target) / (1 + Math.exp(z))) / whole;
  }
  return { loss, losses, correct, dLogits };
}
