/** Exercise 8: softmax cross-entropy and its gradient, as long as logits are small. */

/** The loss of one photo whose right class is `label`, and the gradient with respect to its logits. */
export function crossEntropy(
  logits: readonly number[],
  label: number,
): { loss: number; gradient: readonly number[] } {
  const powers = logits.map((z) => Math.exp(z));
  const sum = powers.reduce((a, b) => a + b, 0);
  const shares = powers.map((power) => power / sum);
  return { loss: -Math.log(shares[label] ?? NaN), gradient: shares };
}
