/** What it is worth that a model is sure. */
import type { Answers } from './judgement.ts';

/** How sure an answer is beside those to the validation photos. */
export interface SureAmong {
  /** Photos that the model was at least as sure of, whatever it said. */
  readonly count: number;
  /** Of these, those that it told right. */
  readonly right: number;
}

/** What an answer with this probability is worth, by what the model said to photos whose classes are known. */
export function sureAmong({ actual, predicted, confidence }: Answers, probability: number): SureAmong {
  const found = { count: 0, right: 0 };
  confidence.forEach((other, i) => {
    if (other < probability) return;
    found.count += 1;
    if (actual[i] === predicted[i]) found.right += 1;
  });
  return found;
}
