/**
 * Whether a model is right as often as it says: answers sorted into bins by the probability that it gave to them, and in each how
 * many were right. The expected calibration error (ECE) is the mean gap between the two, as Guo et al. 2017 measure it: 15 bins
 * of equal width, weighted by their photos.
 */

export interface Answered {
  /** Indices of classes. */
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** That the model gave to `predicted`, 0 … 1. */
  readonly confidence: ArrayLike<number>;
}

/** Answers whose probability lies above `from` and at most at `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean probability of the answers; NaN of none. */
  readonly confidence: number;
  /** Share of them that was right; NaN of none. */
  readonly accuracy: number;
}

export interface Reliability {
  /** 0 … 1; NaN without answers. */
  readonly ece: number;
  /** Those that hold answers, in order. */
  readonly bins: readonly ReliabilityBin[];
}

export const BINS = 15;

/** Throws `RangeError` for a probability that is none, and for columns that are not equally long. */
export function reliabilityOf({ actual, predicted, confidence }: Answered, bins = BINS): Reliability {
  const { length } = confidence;
  if (actual.length !== length || predicted.length !== length)
    throw new RangeError(
      `There are ${actual.length} labels, ${predicted.length} answers and ${length} probabilities: they must be as many.`,
    );
  const sums = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (let i = 0; i < length; i++) {
    const share = confidence[i] ?? NaN;
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`The probability of answer ${i} is ${share}; it must be 0 … 1.`);
    const sum = sums[Math.max(0, Math.ceil(share * bins) - 1)];
    if (!sum) continue;
    sum.count += 1;
    sum.confidence += share;
    if (actual[i] === predicted[i]) sum.right += 1;
  }
  const gaps = sums.reduce((total, { confidence, right }) => total + Math.abs(confidence - right), 0);
  return {
    ece: gaps / length,
    bins: sums.flatMap(({ count, confidence, right }, i) =>
      count === 0
        ? []
        : [
            {
              ...{ from: i / bins, to: (i + 1) / bins, count },
              ...{ confidence: confidence / count, accuracy: right / count },
            },
          ],
    ),
  };
}
