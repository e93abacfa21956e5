/**
 * `answers.json` of a run: what its best model said to each validation photo. A page shows from it which photos were taken for
 * what, at once and long after training, without running the network again. `training-answers.json` is its like for training
 * photos: what is said to each by a head that has not learned from it, the least likely label first.
 */
import type { FileAnswers } from '../judgement.ts';
import { runFiles, type RunFolder } from './folder.ts';
import type { RunReader } from './store.ts';

export interface StoredAnswers extends FileAnswers {
  /** Of the best model: answers of an earlier one are out of date. */
  readonly epoch: number;
  /** What `actual` and `predicted` are indices into. */
  readonly classes: readonly string[];
}

type AnswersFile = 'answers' | 'trainingAnswers';

/** Throws `RunError` if it cannot be written. */
export const writeAnswers = (
  folder: RunFolder,
  answers: StoredAnswers,
  file: AnswersFile = 'answers',
): Promise<void> => folder.write(file, `${JSON.stringify(answers)}\n`);

/** More than any run writes: a name of 100 bytes for each of a million photos. */
const LARGEST = 128 * 2 ** 20;

/** Undefined where the run has none, or something else in their place: they can be made again. */
export async function readAnswers(
  reader: RunReader,
  file: AnswersFile = 'answers',
): Promise<StoredAnswers | undefined> {
  const size = await reader.size(runFiles[file]);
  if (typeof size !== 'number' || size > LARGEST) return undefined;
  try {
    return parseAnswers(JSON.parse(new TextDecoder().decode(await reader.read(runFiles[file]))));
  } catch {
    return undefined;
  }
}

/** Checks what was read from a file; undefined if it is not answers. */
export function parseAnswers(value: unknown): StoredAnswers | undefined {
  const { epoch, classes, files, actual, predicted, confidence } = (value ?? {}) as Record<string, unknown>;
  const list = (of: unknown, is: (one: unknown) => boolean) => Array.isArray(of) && of.every(is);
  const isText = (one: unknown) => typeof one === 'string';
  if (!Number.isSafeInteger(epoch) || !list(classes, isText) || !list(files, isText)) return undefined;
  const { length: most } = classes as readonly string[];
  const isClass = (one: unknown) => Number.isInteger(one) && (one as number) >= 0 && (one as number) < most;
  const isShare = (one: unknown) => typeof one === 'number' && one >= 0 && one <= 1;
  if (!list(actual, isClass) || !list(predicted, isClass) || !list(confidence, isShare)) return undefined;
  const columns = [files, actual, predicted, confidence] as readonly (readonly unknown[])[];
  const rows = (files as readonly string[]).length;
  return columns.every(({ length }) => length === rows) ? (value as StoredAnswers) : undefined;
}
