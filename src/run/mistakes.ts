/** The photos that were told otherwise than their labels say: the place to look for wrong labels. */
import { csvLine } from '../data/csv.ts';
import type { StoredAnswers } from './store/answers.ts';

export const mistakeParts = ['val', 'train'] as const;
export type MistakePart = (typeof mistakeParts)[number];

export interface FoundMistake {
  readonly part: MistakePart;
  /** Below the folder of photos. */
  readonly file: string;
  /** Names of classes. */
  readonly label: string;
  readonly answer: string;
  /** Given to `answer`, 0 … 1: by the model, or for a training photo by a head that has not learned from it. */
  readonly probability: number;
}

/** Answers that differ from the labels; of validation photos the surest first, of training photos in the order in which they are kept. */
export function mistakesIn(
  { files, classes, actual, predicted, confidence }: Omit<StoredAnswers, 'epoch'>,
  part: MistakePart,
): FoundMistake[] {
  const name = (index: number | undefined) => classes[index ?? -1] ?? '';
  const found = files.flatMap((file, i): FoundMistake[] =>
    actual[i] === predicted[i]
      ? []
      : [
          {
            ...{ part, file, label: name(actual[i]), answer: name(predicted[i]) },
            probability: confidence[i] ?? NaN,
          },
        ],
  );
  return part === 'train' ? found : found.sort((a, b) => b.probability - a.probability);
}

export const MISTAKES_CSV_HEADER = csvLine(['part', 'file', 'label', 'answer', 'probability']);

/** A mistake's row, its photo named as `path`; the probability to four digits. */
export const mistakeCsv = ({ part, label, answer, probability }: FoundMistake, path: string): string =>
  csvLine([part, path, label, answer, probability.toFixed(4)]);
