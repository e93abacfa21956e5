/** Exercise 16, solved: the test asks near the border, on both sides of it, and for wrong answers too. */

/** The share of photos that are told right, by the logit of each; label 1 is a dog. */
export function accuracy(logits: readonly number[], labels: readonly number[]): number {
  const right = logits.filter((logit, i) => logit > 0 === (labels[i] === 1));
  return right.length / logits.length;
}

/** Throws if `of`, which may be any such function, is wrong. */
export function test(of: typeof accuracy): void {
  const cases = [
    { logits: [5, -5, 4, -6], labels: [1, 0, 1, 0], expected: 1 },
    { logits: [0.1, 0.4, -0.1, -0.4], labels: [1, 1, 0, 0], expected: 1 },
    { logits: [0.1, 0.4, -0.1, -0.4], labels: [0, 1, 1, 0], expected: 0.5 },
  ];
  for (const { logits, labels, expected } of cases) {
    const found = of(logits, labels);
    if (found !== expected)
      throw new Error(`Logits [${logits.join(', ')}] of [${labels.join(', ')}]: ${found}, not ${expected}.`);
  }
}
