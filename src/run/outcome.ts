/** How a run ended, for whoever shows it. */
import type { Confusion, Picture, ShownMistake } from '../report/index.ts';
import type { FineTuneResult, FreezeReport } from '../train/index.ts';
import type { FileAnswers } from './judgement.ts';

export interface RunOutcome extends FineTuneResult {
  /** What the last phase trained; undefined if nothing was left to train. */
  readonly frozen: FreezeReport | undefined;
  /** Photos as the network saw them. */
  readonly batch: Picture;
  /** How well the best model does on the validation photos; undefined if no epoch ended. */
  readonly judged: BestJudgement | undefined;
}

/** How well a run's best model does on the validation photos. */
export interface BestJudgement {
  readonly confusion: Confusion;
  /** The most confident ones, of `mistakeCount`. */
  readonly shown: readonly ShownMistake[];
  readonly mistakeCount: number;
  /** By what the model's logits are divided in all that is said here. */
  readonly temperature: number;
  /** To every validation photo. */
  readonly answers: FileAnswers;
  /** Training photos whose labels are doubtful, the least likely label first; as many as are shown. */
  readonly doubted: readonly ShownMistake[];
  /** To training photos, by a head that has not learned from each; the least likely label first. */
  readonly trainingAnswers: FileAnswers;
}
