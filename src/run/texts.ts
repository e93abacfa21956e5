/** What a run tells, in sentences that read the same on a terminal and on a page. */
import {
  HIDDEN,
  type IgnoredFiles,
  type KeptPhotos,
  isPhotoElsewhere,
  LOOSE,
  SPECIAL,
  type SkippedFile,
} from '../data/index.ts';
import { count, duration, lossText, percent, plural, printable, rate } from '../format.ts';
import { likelyAccuracy, overconfidenceText, type HistoryEpoch, type Reliability } from '../report/index.ts';
import type { FeatureReport, PhaseEvent, TrainConfig } from '../train/index.ts';
import type { RunEvent, StartComparison } from './events.ts';
import type { RunOutcome } from './outcome.ts';
import type { PaceNow } from './pace.ts';
import type { Slowness } from './slow.ts';

/** A line of a run's report: its subject, and the text. */
export type Entry = readonly [subject: string, text: string];

/** "120 img/s  2 min 05 s left" */
export const paceText = ({ imagesPerSecond: speed, secondsLeft }: PaceNow): string =>
  `${speed < 10 ? speed.toFixed(1) : Math.round(speed)} img/s  ${duration(Math.round(secondsLeft))} left`;

/** What features that are computed once cost, and what they save. */
export function featuresText(
  { images, views, seconds, savedSeconds, found }: FeatureReport,
  epochs: number,
): string {
  const kept = `${count(found)} photos were kept from an earlier run`;
  if (found === images) return `those of all ${kept}`;
  const saved = found > 0 ? 0 : savedSeconds(epochs);
  const looks = views > 1 ? `, with ${views} views of each training photo,` : '';
  const gain = saved > 1 ? ` instead of in each epoch: about ${duration(saved)} saved` : '';
  const others = found > 0 ? `; those of ${kept}` : '';
  return `the frozen trunk ran over ${count(images - found)} photos once${looks} in ${duration(seconds)}${gain}${others}`;
}

/** What a run that is slow where it runs takes, and what would take less; without a full stop. */
export function slowText({ seconds, secondsLeft, architecture }: Slowness, tune: string): string {
  const smaller =
    'a smaller network, such as mobilenet_v3_small, takes a thirtieth of the arithmetic of resnet18';
  const less = [
    ...(architecture.startsWith('mobilenet') ? [] : [smaller]),
    ...(tune === 'head' ? [] : ['the head alone looks at each photo once']),
  ];
  const pace = `a step takes ${seconds.toFixed(1)} s here, so training takes about ${duration(secondsLeft)} more`;
  return [pace, ...less].join('; ');
}

/** All that was chosen or set and shapes the run, in a line. */
export function settingsText(config: TrainConfig): string {
  const { size, batchSize, accumulate, epochs, optimizer, lr, schedule, weightDecay } = config;
  const { augment, labelSmoothing, loss, seed } = config;
  return [
    `${size} px`,
    `batches of ${batchSize}${accumulate > 1 ? ` × ${accumulate}` : ''}`,
    plural(epochs, 'epoch'),
    `${optimizer} at ${rate(lr)} (${schedule})`,
    ...(weightDecay > 0 ? [`weight decay ${weightDecay}`] : []),
    augment === 'none' ? 'no augmentation' : `augmentation ${augment}`,
    labelSmoothing > 0 ? `label smoothing ${labelSmoothing}` : 'no label smoothing',
    ...(loss === 'cross-entropy' ? [] : [`loss ${loss}`]),
    `seed ${seed}`,
  ].join(', ');
}

/** Where a run that was begun before goes on. */
export function goingOnText({
  epoch,
  step,
  isOver,
  config: { epochs, schedule },
  extendedFrom,
}: Extract<RunEvent, { readonly kind: 'going-on' }>): string {
  if (isOver) return `nothing is left to train: this run is over after ${plural(epoch - 1, 'epoch')}`;
  const where = `with epoch ${epoch} of ${epochs}${step > 0 ? `, of which ${plural(step, 'step')} are done` : ''}`;
  if (extendedFrom === undefined) return where;
  return `${where}: it was over after ${extendedFrom}, and its learning rate goes on as in a run of ${epochs} (${schedule})`;
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

/** What few photos say of many: "65 to 99 % on many more such photos, 95 times of 100". */
export const likelyText = (accuracy: number, photos: number): string =>
  `${likelyAccuracy(accuracy, photos)} on many more such photos, 95 times of 100`;

/** "how sure it is and how often it is right differ by 2.1 % (ECE)" */
export const reliabilityText = ({ ece }: Reliability): string =>
  `how sure it is and how often it is right differ by ${percent(ece)} (ECE)`;

/** What a model's temperature did, in a sentence: `ece` is as it would be without. */
export const temperatureText = (temperature: number, ece: number): string =>
  `by ${percent(ece)} without its temperature, T = ${temperature.toFixed(2)}, which was fitted on the photos that its run set aside: by those it looks better than it is`;

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

/** What a phase trains; a phase is named only where there are several. */
export function phaseEntries(
  architecture: string,
  { phase, phases, frozen: { parts, trained, frozen } }: PhaseEvent,
): Entry[] {
  return [
    ...(phases > 1 ? [['phase', String(phase.index + 1)] as const] : []),
    ['model', `${architecture}, training ${parts.join(', ')}`],
    ['parameters', `${count(trained)} trained, ${count(frozen)} frozen`],
  ];
}

/** "  3/10   0.6931   89.5 %   0.5000   90.0 %     1.2 s", without whether it is the best; `epochHead` names the columns. */
export function epochText(
  { epoch, train, valid, trainSeconds, validSeconds }: HistoryEpoch,
  epochs: number,
): string {
  const digits = String(epochs).length;
  return columnsOf(
    `epoch ${String(epoch).padStart(digits)}/${epochs}`,
    ...[lossText(train.loss), percent(train.accuracy), lossText(valid.loss), percent(valid.accuracy)],
    `${(trainSeconds + validSeconds).toFixed(1)} s`,
  );
}

/** What stands over lines of `epochText`. */
export const epochHead = (epochs: number): string =>
  columnsOf(
    ' '.repeat(`epoch ${epochs}/${epochs}`.length),
    ...['train loss', 'right', 'val loss', 'right', 'time'],
  );

/** Wide enough for "train loss", "100.0 %" and minutes. */
const WIDTHS = [0, 10, 7, 8, 7, 7];
const columnsOf = (...cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 0)).join('  ');

/** The subject of what is to be seen first. */
export const WARNING = 'warning';

/** How a run ended, its best model, and what that is to be warned of. */
export function endEntries(
  outcome: Pick<RunOutcome, 'history' | 'best' | 'stopped' | 'endedEarly' | 'judged'>,
): Entry[] {
  const { history, best, stopped, endedEarly, judged } = outcome;
  const end =
    stopped && history.length === 0
      ? 'before an epoch ended'
      : `${stopped ? 'after ' : ''}${trainedText(outcome)}${endedEarly ? ', out of patience for more' : ''}`;
  const found: Entry[] = best
    ? [
        ['best', bestText(best)],
        // By these photos the epoch was chosen, too: it is judged a little too well.
        [
          'likely',
          `${likelyAccuracy(best.valid.accuracy, best.valid.count)} on many such photos, a bit less as these chose the epoch`,
        ],
      ]
    : [];
  const warning =
    best && judged ? overconfidenceText(best, history.length, judged.confusion.classes.length) : undefined;
  if (warning !== undefined) found.push([WARNING, warning]);
  return [[stopped ? 'stopped' : 'trained', end], ...found];
}

const SHOWN_SKIPPED = 10;

/** Files that had to be left out and why, the first few of many: what is said of all, and a line for each. */
export function skippedTexts(
  skipped: readonly SkippedFile[],
): { readonly head: string; readonly rows: readonly string[] } | undefined {
  if (skipped.length === 0) return undefined;
  const rows = skipped
    .slice(0, SHOWN_SKIPPED)
    .map(({ path, reason }) => `${printable(path)} ${printable(reason)}`);
  const more = skipped.length - rows.length;
  return { head: `${skipped.length} skipped:`, rows: more > 0 ? [...rows, `and ${more} more`] : rows };
}

const SHOWN_ENDINGS = 8;

/** Where photos lie that memory does not hold: "of 2,000 photos 500 are in memory, 1,500 in a temporary file"; undefined if it holds all. */
export function keptText(kept: KeptPhotos | undefined): string | undefined {
  if (!kept) return undefined;
  const { inMemory, onDisk, nowhere } = kept;
  const parts = [
    `${count(inMemory)} are in memory`,
    ...(onDisk > 0 ? [`${count(onDisk)} in a temporary file`] : []),
    ...(nowhere > 0 ? [`${count(nowhere)} will be decoded each time`] : []),
  ];
  return `of ${plural(inMemory + onDisk + nowhere, 'photo')} ${parts.join(', ')}`;
}

/**
 * Files that were passed over, by what for: "5 files left out: 2 .webp (not read by the decoder here); 2 .txt, 1 without an ending (not
 * photos by their names)"; undefined if there are none.
 */
export function ignoredText(ignored: IgnoredFiles): string | undefined {
  if (ignored.size === 0) return undefined;
  const sorted = [...ignored].sort(([a, many], [b, others]) => others - many || (a < b ? -1 : 1));
  const ofEndings = sorted.filter(([reason]) => ![HIDDEN, LOOSE, SPECIAL].includes(reason));
  const counted = (which: (ending: string) => boolean, why: string): string[] => {
    const those = ofEndings.filter(([ending]) => which(ending));
    const shown = those
      .slice(0, SHOWN_ENDINGS)
      .map(([ending, files]) => `${count(files)} ${ending === '' ? 'without an ending' : ending}`);
    const more = those.slice(SHOWN_ENDINGS).reduce((sum, [, files]) => sum + files, 0);
    if (more > 0) shown.push(`${count(more)} others`);
    return shown.length > 0 ? [`${shown.join(', ')} (${why})`] : [];
  };
  const loose = ignored.get(LOOSE);
  const hidden = ignored.get(HIDDEN);
  const special = ignored.get(SPECIAL);
  const parts = [
    ...counted(isPhotoElsewhere, 'not read by the decoder here'),
    ...(loose === undefined ? [] : [`${plural(loose, 'photo')} outside the class folders`]),
    ...counted((ending) => !isPhotoElsewhere(ending), 'not photos by their names'),
    ...(hidden === undefined ? [] : [`${count(hidden)} hidden`]),
    ...(special === undefined ? [] : [`${count(special)} links to nowhere or devices`]),
  ];
  const all = sorted.reduce((sum, [, files]) => sum + files, 0);
  return printable(`${plural(all, 'file')} left out: ${parts.join('; ')}`);
}

/** `text` in lines of at most so many characters, broken between words. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line += (line === '' ? '' : ' ') + word;
  }
  return [...lines, line];
}
