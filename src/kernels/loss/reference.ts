/** Losses as plain loops in float64: what the kernels are tested against. */
type Numbers = ArrayLike<number>;

/**
 * Mean softmax cross-entropy of logits [n, classes], its gradient, and the count of samples classified rightly: the
 * cross-entropy with the distribution that smoothing makes of a label, each class by its weight.
 */
export function softmaxCrossEntropy(
  logits: Numbers,
  labels: Numbers,
  { n, classes }: { readonly n: number; readonly classes: number },
  {
    labelSmoothing = 0,
    classWeights,
  }: { readonly labelSmoothing?: number; readonly classWeights?: Numbers } = {},
) {
  let [loss, correct] = [0, 0];
  const dLogits = new Float64Array(n * classes);
  const weights = Array.from({ length: classes }, (_, j) => classWeights?.[j] ?? 1);
  let whole = 0;
  for (let i = 0; i < n; i++) whole += weights[labels[i]!]!; // in range, as all below
  for (let i = 0; i < n; i++) {
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
      loss += (shares[j]! * (Math.log(sum) - (z - largest))) / whole;
      dLogits[i * classes + j] = (share * (Math.exp(z - largest) / sum) - shares[j]!) / whole;
    });
  }
  return { loss, correct, dLogits };
}

/**
 * Mean binary cross-entropy of logits [n] and targets [n], its gradient, and the count classified rightly; positive
 * samples by their weight.
 */
export function bceWithLogits(
  logits: Numbers,
  targets: Numbers,
  n: number,
  {
    labelSmoothing = 0,
    positiveWeight = 1,
  }: { readonly labelSmoothing?: number; readonly positiveWeight?: number } = {},
) {
  let [loss, correct] = [0, 0];
  const dLogits = new Float64Array(n);
  const softplus = (z: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  for (let i = 0; i < n; i++) {
    const [z, given] = [logits[i]!, targets[i]!];
    const target = given * (1 - labelSmoothing) + labelSmoothing / 2;
    loss += (positiveWeight * target * softplus(-z) + (1 - target) * softplus(z)) / n;
    if (z > 0 === given > 0.5) correct += 1;
    dLogits[i] = ((1 - target) / (1 + Math.exp(-z)) - (positiveWeight * target) / (1 + Math.exp(z))) / n;
  }
  return { loss, correct, dLogits };
}
