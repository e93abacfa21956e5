/**
 * The mistakes that a model was most confident about. They are the ones worth looking at: most often a wrong label, two classes in one
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
 * The mistake that a model made of image `index` with its `probabilities` [C]; undefined where `actual` is the likeliest.
 * Throws `RangeError` if none of them is a number.
 */
export function mistakeOf(
  probabilities: ArrayLike<number>,
  actual: number,
  index: number,
): Mistake | undefined {
  const predicted = likeliest(probabilities);
  if (predicted === undefined) throw new RangeError(`Image ${index} has no probabilities that are numbers.`);
  if (predicted === actual) return undefined;
  return {
    ...{ index, actual, predicted },
    confidence: probabilities[predicted] ?? NaN,
    actualProbability: probabilities[actual] ?? NaN,
  };
}

/** The surest first, and equals in the order of their images. */
export const sortMistakes = (mistakes: readonly Mistake[]): Mistake[] =>
  [...mistakes].sort((a, b) => b.confidence - a.confidence || a.index - b.index);
