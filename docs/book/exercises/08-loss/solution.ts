/** Exercise 8, solved: nothing is raised to a positive power, and nothing is divided before its logarithm is taken. */

/** The loss of one photo whose right class is `label`, and the gradient with respect to its logits. */
export function crossEntropy(
  logits: readonly number[],
  label: number,
): { loss: number; gradient: readonly number[] } {
  const largest = Math.max(...logits);
  const powers = logits.map((z) => Math.exp(z - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return {
    loss: Math.log(sum) - ((logits[label] ?? NaN) - largest),
    gradient: powers.map((power, i) => power / sum - (i === label ? 1 : 0)),
  };
}
