/** Losses as plain loops in float64: what the kernels are tested against. */
type Numbers = ArrayLike<number>;

/** Mean softmax cross-entropy of logits [n, classes], its gradient, and the count of samples classified rightly. */
export function softmaxCrossEntropy(
  logits: Numbers,
  labels: Numbers,
  { n, classes }: { readonly n: number; readonly classes: number },
) {
  let [loss, correct] = [0, 0];
  const dLogits = new Float64Array(n * classes);
  for (let i = 0; i < n; i++) {
    const row = Array.from({ length: classes }, (_, j) => logits[i * classes + j]!); // in range, as all below
    const label = labels[i]!;
    const largest = Math.max(...row);
    const sum = row.reduce((total, z) => total + Math.exp(z - largest), 0);
    loss += (Math.log(sum) - (row[label]! - largest)) / n;
    if (row.indexOf(largest) === label) correct += 1;
    row.forEach((z, j) => {
      dLogits[i * classes + j] = (Math.exp(z - largest) / sum - (j === label ? 1 : 0)) / n;
    });
  }
  return { loss, correct, dLogits };
}

/** Mean binary cross-entropy of logits [n] and targets [n], its gradient, and the count classified rightly. */
export function bceWithLogits(logits: Numbers, targets: Numbers, n: number) {
  let [loss, correct] = [0, 0];
  const dLogits = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [z, target] = [logits[i]!, targets[i]!];
    loss += (Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)))) / n;
    if (z > 0 === target > 0.5) correct += 1;
    dLogits[i] = (1 / (1 + Math.exp(-z)) - target) / n;
  }
  return { loss, correct, dLogits };
}
