/**
 * The photos that a run's best model told otherwise than their labels say, the surest first: the place to look for wrong labels. They
 * are read from the answers that the run kept, so that nothing is run again.
 */
import { csvLine } from '../data/csv.ts';
import { RunError } from './errors.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import { judgeRun } from './judge-run.ts';
import type { RunSummary } from './runs.ts';
import type { StoredAnswers } from './store/answers.ts';

export interface FoundMistake {
  /** Validation photos alone have answers. */
  readonly part: 'val';
  /** Below the folder of photos. */
  readonly file: string;
  /** Names of classes. */
  readonly label: string;
  readonly answer: string;
  /** That the model gave to `answer`, 0 … 1. */
  readonly probability: number;
}

export interface Mistakes {
  /** The surest first. */
  readonly mistakes: readonly FoundMistake[];
  /** Photos that were answered. */
  readonly judged: number;
}

/**
 * The mistakes of a run, which is judged again where it kept no answers of its best model. Throws `RunError` for a run of which no epoch ended,
 * otherwise as `judgeRun` does.
 */
export async function mistakesOf(
  host: RunHost,
  { run, answers, best }: RunSummary,
  controls: RunControls,
): Promise<Mistakes> {
  if (!best)
    throw new RunError(`${run} has no model that was validated: no epoch of it ended.`, {
      kind: 'no-model',
      path: run,
      isRun: true,
    });
  const kept = answers?.epoch === best.epoch ? answers : await judgeRun(host, run, best.epoch, controls);
  return { mistakes: mistakesIn(kept), judged: kept.files.length };
}

/** The surest first, and equals in the order of their photos. */
export function mistakesIn({ files, classes, actual, predicted, confidence }: StoredAnswers): FoundMistake[] {
  const name = (index: number | undefined) => classes[index ?? -1] ?? '';
  return files
    .flatMap((file, i): FoundMistake[] =>
      actual[i] === predicted[i]
        ? []
        : [
            {
              ...{ part: 'val', file, label: name(actual[i]), answer: name(predicted[i]) },
              probability: confidence[i] ?? NaN,
            },
          ],
    )
    .sort((a, b) => b.probability - a.probability);
}

export const MISTAKES_CSV_HEADER = csvLine(['part', 'file', 'label', 'answer', 'probability']);

/** A mistake's row, its photo named as `path`; the probability to four digits. */
export const mistakeCsv = ({ part, label, answer, probability }: FoundMistake, path: string): string =>
  csvLine([part, path, label, answer, probability.toFixed(4)]);
