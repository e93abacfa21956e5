/**
 * Which class is taken for which, and what follows from it: precision, recall and F1 as scikit-learn's
 * `classification_report` defines them, with 0 where a quotient is 0/0 (its `zero_division=0`).
 */

export interface Confusion {
  readonly classes: readonly string[];
  /** Images of class `row` that were taken for class `column`, [C, C] row by row. */
  readonly counts: Uint32Array;
  readonly total: number;
}

export interface Scores {
  /** Of the images taken for the class, the share that belongs to it: TP / (TP + FP). */
  readonly precision: number;
  /** Of the images of the class, the share that was found: TP / (TP + FN). */
  readonly recall: number;
  /** Their harmonic mean: 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** Images of the class. */
  readonly support: number;
}

export interface ClassReport {
  /** By index of the class. */
  readonly perClass: readonly (Scores & { readonly name: string })[];
  readonly accuracy: number;
  /** The plain mean over the classes: a small class counts as much as a large one. */
  readonly macro: Scores;
  /** The mean weighted by support. */
  readonly weighted: Scores;
}

/**
 * Counts `predicted` against `actual`, both [N] indices into `classes`.
 * Throws `RangeError` if their lengths differ or an index does not name a class.
 */
export function confusionMatrix(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: readonly string[],
): Confusion {
  const size = classes.length;
  if (actual.length !== predicted.length) {
    throw new RangeError(
      `There are ${actual.length} labels and ${predicted.length} predictions: they must be as many.`,
    );
  }
  const counts = new Uint32Array(size * size);
  const check = (label: number | undefined, what: string, image: number): number => {
    if (label !== undefined && Number.isInteger(label) && label >= 0 && label < size) return label;
    throw new RangeError(
      `The ${what} of image ${image} is ${label}; with ${size} classes it must be 0 … ${size - 1}.`,
    );
  };
  for (let image = 0; image < actual.length; image++) {
    const cell = check(actual[image], 'label', image) * size + check(predicted[image], 'prediction', image);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return { classes, counts, total: actual.length };
}

/** How many images of class `actual` were taken for class `predicted`. */
export const countAt = ({ classes, counts }: Confusion, actual: number, predicted: number): number =>
  counts[actual * classes.length + predicted] ?? 0;

/** Precision, recall, F1 and support of every class, and their means. */
export function classReport(confusion: Confusion): ClassReport {
  const { classes, total } = confusion;
  const all = [...classes.keys()];
  const sum = (of: (index: number) => number) => all.reduce((total, index) => total + of(index), 0);
  const perClass = classes.map((name, index) => {
    const right = countAt(confusion, index, index);
    const support = sum((other) => countAt(confusion, index, other));
    const taken = sum((other) => countAt(confusion, other, index));
    return {
      name,
      precision: quotient(right, taken),
      recall: quotient(right, support),
      f1: quotient(2 * right, support + taken),
      support,
    };
  });
  const mean = (weight: (scores: Scores) => number): Scores => {
    const weights = perClass.reduce((sum, scores) => sum + weight(scores), 0);
    const of = (key: 'precision' | 'recall' | 'f1') =>
      quotient(
        perClass.reduce((sum, scores) => sum + scores[key] * weight(scores), 0),
        weights,
      );
    return { precision: of('precision'), recall: of('recall'), f1: of('f1'), support: total };
  };
  const accuracy = quotient(
    sum((index) => countAt(confusion, index, index)),
    total,
  );
  return { perClass, accuracy, macro: mean(() => 1), weighted: mean(({ support }) => support) };
}

const quotient = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

export interface ConfusedPair {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Of the images of class `actual`. */
  readonly share: number;
}

/** The `k` pairs of classes that are mixed up most often, most often first; pairs that never are do not appear. */
export function mostConfused(confusion: Confusion, k: number): ConfusedPair[] {
  const size = confusion.classes.length;
  const supports = classReport(confusion).perClass.map(({ support }) => support);
  return Array.from(confusion.counts, (count, cell) => {
    const actual = Math.floor(cell / size);
    return { actual, predicted: cell % size, count, share: quotient(count, supports[actual] ?? 0) };
  })
    .filter(({ actual, predicted, count }) => actual !== predicted && count > 0)
    .sort((a, b) => b.count - a.count || b.share - a.share || a.actual - b.actual)
    .slice(0, k);
}
