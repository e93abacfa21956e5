/** Two runs side by side: the settings in which they differ, how well each does, and the photos that one got right and the other wrong. */
import { wilsonInterval, type HistoryEpoch } from '../report/index.ts';
import { settingDifferences, type SettingDifference } from '../train/index.ts';
import { scoreOf, type RunSummary } from './runs.ts';
import type { StoredAnswers } from './store/answers.ts';

/** Accuracy on the validation photos, and between which shares it lies in 95 of 100 cases. */
export interface Score {
  readonly right: number;
  readonly total: number;
  readonly low: number;
  readonly high: number;
}

/** What each of two runs has of something. */
export type Pair<T> = readonly [first: T, second: T];

export interface Comparison {
  /** `before` is the first run's value, `now` the second's. */
  readonly differences: readonly SettingDifference[];
  readonly scores: Pair<Score | undefined>;
  /** By epoch, counted from 1; undefined behind a run's end. */
  readonly epochs: readonly Pair<HistoryEpoch | undefined>[];
  /** The photos that both judged, by what only one of them got right; undefined where a run has no answers. */
  readonly photos: PhotoComparison | undefined;
}

export interface PhotoComparison {
  readonly judgedByBoth: number;
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

/** Compares two runs as they lie there. */
export function compareRuns(first: RunSummary, second: RunSummary): Comparison {
  const [a, b] = [byEpoch(first), byEpoch(second)];
  const last = Math.max(0, ...a.keys(), ...b.keys());
  return {
    differences: settingDifferences(first.config, second.config),
    scores: [scoreWithBounds(first), scoreWithBounds(second)],
    epochs: Array.from({ length: last }, (_, i) => [a.get(i + 1), b.get(i + 1)] as const),
    photos: first.answers && second.answers && comparePhotos(first.answers, second.answers),
  };
}

const byEpoch = ({ history }: RunSummary) => new Map(history.map((epoch) => [epoch.epoch, epoch]));

export function scoreWithBounds(run: RunSummary): Score | undefined {
  const score = scoreOf(run);
  return score && { ...score, ...wilsonInterval(score.right, score.total) };
}

function comparePhotos(first: StoredAnswers, second: StoredAnswers): PhotoComparison {
  const isRight = ({ actual, predicted }: StoredAnswers, i: number) => actual[i] === predicted[i];
  const other = new Map(second.files.map((file, i) => [file, isRight(second, i)]));
  const both = first.files.flatMap((file, i) => {
    const b = other.get(file);
    return b === undefined ? [] : [{ file, a: isRight(first, i), b }];
  });
  return {
    judgedByBoth: both.length,
    onlyFirst: both.filter(({ a, b }) => a && !b).map(({ file }) => file),
    onlySecond: both.filter(({ a, b }) => b && !a).map(({ file }) => file),
  };
}
