/** Exercise 16: how the program counts its right answers, and a test that is content with it. */

/** The share of photos that are told right, by the logit of each; label 1 is a dog. */
export function accuracy(logits: readonly number[], labels: readonly number[]): number {
  const right = logits.filter((logit, i) => logit > 0.5 === (labels[i] === 1));
  return right.length / logits.length;
}

/** Throws if `of`, which may be any such function, is wrong. */
export function test(of: typeof accuracy): void {
  const found = of([5, -5, 4, -6], [1, 0, 1, 0]);
  if (found !== 1) throw new Error(`All four are told right, and the accuracy is ${found}.`);
}
