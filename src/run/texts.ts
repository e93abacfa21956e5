/** What a run tells, in sentences that read the same on a terminal and on a page. */
import { count, duration, lossText, percent, plural } from '../format.ts';
import type { FeatureReport } from '../train/index.ts';
import type { StartComparison } from './events.ts';
import type { RunOutcome } from './outcome.ts';
import type { PaceNow } from './pace.ts';

/** "120 img/s  2 min 05 s left" */
export const paceText = ({ imagesPerSecond: speed, secondsLeft }: PaceNow): string =>
  `${speed < 10 ? speed.toFixed(1) : Math.round(speed)} img/s  ${duration(Math.round(secondsLeft))} left`;

/** What features that are computed once cost, and what they save. */
export function featuresText(
  { images, views, seconds, savedSeconds }: FeatureReport,
  epochs: number,
): string {
  const saved = savedSeconds(epochs);
  const looks = views > 1 ? `, with ${views} views of each training photo,` : '';
  const gain = saved > 1 ? ` instead of in each epoch: about ${duration(saved)} saved` : '';
  return `the frozen trunk ran over ${count(images)} photos once${looks} in ${duration(seconds)}${gain}`;
}

/** Why each epoch leaves a photo out. */
export const leftOutText = (photos: number, batchSize: number): string =>
  `${count(photos)} photos in batches of ${batchSize} leave one over; batch statistics need two, so each epoch leaves a different one out.`;

/** What a run started from, as two of them are compared. */
export const startText = ({ weights, isShipped }: Omit<StartComparison, 'valid'>): string =>
  weights === null ? 'random weights' : isShipped ? "graft's own weights" : `ImageNet weights (${weights})`;

/** How long a run took, from its history. */
export const trainedText = ({ history }: Pick<RunOutcome, 'history'>): string => {
  const seconds = history.reduce((sum, epoch) => sum + epoch.trainSeconds + epoch.validSeconds, 0);
  return `${plural(history.length, 'epoch')} in ${duration(seconds)}`;
};

/** The best epoch and its result. */
export function bestText({ epoch, valid }: NonNullable<RunOutcome['best']>): string {
  const { accuracy, count: photos, loss } = valid;
  return `epoch ${epoch}: ${percent(accuracy)} of ${count(photos)} validation photos right, loss ${lossText(loss)}`;
}

/** How far a download is: bytes of all, `seconds` after it began with `first` bytes there. */
export function downloadText(
  what: string,
  { bytes, total, first, seconds }: Readonly<Record<'bytes' | 'total' | 'first' | 'seconds', number>>,
): string {
  const mb = (value: number) => (value / 1e6).toFixed(1);
  const rate = (bytes - first) / seconds;
  const pace = seconds > 1 && rate > 0 ? `  ${mb(rate)} MB/s  ${duration((total - bytes) / rate)} left` : '';
  return `downloading ${what}  ${Math.floor((bytes / total) * 100)} %  ${mb(bytes)}/${mb(total)} MB${pace}`;
}

/** A weights file that was not taken as it is, in a line. Names in it are the file's: make it printable for a terminal. */
export const weightsText = (source: string, notes: readonly string[]): string =>
  `${source}: ${notes.join('; ')}`;
