/**
 * The mistakes a model was surest of. They are the ones worth looking at: most often a wrong label, two classes in one
 * photo, or something that the training photos lack.
 */

export interface Mistake {
  /** Of the image in its set. */
  readonly index: number;
  /** Indices of classes. */
  readonly actual: number;
  readonly predicted: number;
  /** That the model gives to `predicted`. */
  readonly confidence: number;
  /** That it gives to `actual`. */
  readonly actualProbability: number;
}

/** The index of the largest value, the first of equals; NaN is never the largest. Undefined without any number. */
export function likeliest(probabilities: ArrayLike<number>): number | undefined {
  let best: number | undefined;
  let largest = -Infinity;
  for (let index = 0; index < probabilities.length; index++) {
    const value = probabilities[index] ?? NaN;
    if (value > largest) {
      largest = value;
      best = index;
    }
  }
  return best;
}

/**
 * All mistakes, the surest first and equals in their order: `probabilities` is one [C] vector an image, `labels` [N]
 * indices of the right classes. Throws `RangeError` where they are not as many, or an image has no probabilities.
 */
export function mistakes(probabilities: readonly ArrayLike<number>[], labels: ArrayLike<number>): Mistake[] {
  if (probabilities.length !== labels.length) {
    throw new RangeError(
      `There are ${probabilities.length} predictions and ${labels.length} labels: they must be as many.`,
    );
  }
  return probabilities
    .map((row, index) => {
      const predicted = likeliest(row);
      const actual = labels[index];
      if (predicted === undefined || actual === undefined) {
        throw new RangeError(`Image ${index} has no probabilities that are numbers.`);
      }
      return {
        index,
        actual,
        predicted,
        confidence: row[predicted] ?? NaN,
        actualProbability: row[actual] ?? NaN,
      };
    })
    .filter(({ actual, predicted }) => actual !== predicted)
    .sort((a, b) => b.confidence - a.confidence || a.index - b.index);
}
