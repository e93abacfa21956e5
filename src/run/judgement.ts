/** How well a model does on photos whose classes are known: what `evaluate` prints and a run's report shows, computed once. */
import { confusionMatrix, mistakeOf, sortMistakes, type Confusion, type Mistake } from '../report/index.ts';

/** What a model said to each of some photos, in their order: columns of equal length, small however many there are. */
export interface Answers {
  /** Indices of classes. */
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
  /** That the model gave to `predicted`, 0 … 1. */
  readonly confidence: readonly number[];
}

/** And which photos they were, by their names below the folder of photos. */
export interface FileAnswers extends Answers {
  readonly files: readonly string[];
}

export interface Judgement {
  readonly confusion: Confusion;
  readonly answers: Answers;
  /** Mean cross-entropy, natural logarithm. */
  readonly loss: number;
  /** The most confident first. */
  readonly mistakes: readonly Mistake[];
}

/** Takes a model's answers one by one and keeps only a few numbers of each, however many there are. */
export class Judge {
  private readonly actual: number[] = [];
  private readonly predicted: number[] = [];
  private readonly confidence: number[] = [];
  private readonly mistakes: Mistake[] = [];
  private loss = 0;

  constructor(private readonly classes: readonly string[]) {}

  /** `shares` [C] is the probability of each class for photo `index`, whose class is `label`. Throws `RangeError` for NaN. */
  add(index: number, label: number, shares: readonly number[]): void {
    const mistake = mistakeOf(shares, label, index);
    if (mistake) this.mistakes.push(mistake);
    this.actual.push(label);
    const predicted = mistake?.predicted ?? label;
    this.predicted.push(predicted);
    this.confidence.push(shares[predicted] ?? NaN);
    this.loss -= Math.log(Math.max(shares[label] ?? 0, Number.MIN_VALUE)); // finite where a share underflows
  }

  judgement(): Judgement {
    const { actual, predicted, confidence, classes } = this;
    return {
      confusion: confusionMatrix(actual, predicted, classes),
      answers: { actual, predicted, confidence },
      loss: this.loss / actual.length,
      mistakes: sortMistakes(this.mistakes),
    };
  }
}
