/**
 * The history of a run as lines of text, one per epoch: CSV for spreadsheets and people, JSON lines for programs. Lines
 * are only ever added, so a run that was killed leaves at worst a last line without its end, which reading passes over.
 */
import { DataError } from '../data/errors.ts';
import type { Metrics } from '../train/loop/metrics.ts';

/** What is kept of an epoch; the trainer's EpochEvent has all of it. */
export interface HistoryEpoch {
  /** Counted from 1. */
  readonly epoch: number;
  readonly train: Pick<Metrics, 'loss' | 'accuracy'>;
  readonly valid: Pick<Metrics, 'loss' | 'accuracy'>;
  /** The rate at the epoch's end. */
  readonly learningRate: number;
  readonly isBest: boolean;
  readonly trainSeconds: number;
  readonly validSeconds: number;
  /** Training images per second. */
  readonly imagesPerSecond: number;
}

/** Column name, how it is taken from an epoch. */
const columns = [
  ['epoch', (e) => e.epoch],
  ['train_loss', (e) => e.train.loss],
  ['train_accuracy', (e) => e.train.accuracy],
  ['valid_loss', (e) => e.valid.loss],
  ['valid_accuracy', (e) => e.valid.accuracy],
  ['learning_rate', (e) => e.learningRate],
  ['is_best', (e) => Number(e.isBest)],
  ['train_seconds', (e) => e.trainSeconds],
  ['valid_seconds', (e) => e.validSeconds],
  ['images_per_second', (e) => e.imagesPerSecond],
] as const satisfies readonly (readonly [string, (epoch: HistoryEpoch) => number])[];
type Column = (typeof columns)[number][0];

/** The first line of `history.csv`. */
export const csvHeader = columns.map(([name]) => name).join(',') + '\n';

/** An epoch as a line of CSV; its numbers read back to the same bits. */
export const csvRow = (epoch: HistoryEpoch): string =>
  columns.map(([, of]) => String(of(epoch))).join(',') + '\n';

/** An epoch as a line of JSON with the CSV's names; JSON knows no NaN and no infinity, which become null. */
export const jsonlRow = (epoch: HistoryEpoch): string =>
  JSON.stringify(Object.fromEntries(columns.map(([name, of]) => [name, of(epoch)]))) + '\n';

/**
 * Reads `history.csv`. A last line without its end is passed over; of two lines for one epoch, as a run
 * resumed from before it writes them, the later counts. Throws `DataError` naming `source` and the line for
 * anything else that is not a history.
 */
export function parseHistoryCsv(text: string, source: string): HistoryEpoch[] {
  const [header, ...lines] = completeLines(text);
  if (header === undefined) return [];
  if (header + '\n' !== csvHeader) {
    throw new DataError(`${source}: line 1 is not "${csvHeader.trim()}", so it is not the history of a run.`);
  }
  return collect(lines, 2, source, (line) => {
    const cells = line.split(',');
    if (cells.length !== columns.length || cells.some((cell) => cell.trim() === '')) return undefined;
    return new Map(columns.map(([name], i) => [name, Number(cells[i])]));
  });
}

/** Reads `history.jsonl`, as `parseHistoryCsv` reads CSV; null comes back as NaN. */
export function parseHistoryJsonl(text: string, source: string): HistoryEpoch[] {
  return collect(completeLines(text), 1, source, (line) => {
    const row = parseObject(line);
    if (!row) return undefined;
    const value = (cell: unknown) => (cell === null ? NaN : typeof cell === 'number' ? cell : undefined);
    const cells = columns.map(([name]) => [name, value(row[name])] as const);
    return cells.some(([, cell]) => cell === undefined) ? undefined : new Map(cells as [Column, number][]);
  });
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const completeLines = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/\r$/, ''));

function collect(
  lines: readonly string[],
  firstLine: number,
  source: string,
  parse: (line: string) => ReadonlyMap<Column, number> | undefined,
): HistoryEpoch[] {
  const epochs = new Map<number, HistoryEpoch>();
  lines.forEach((line, index) => {
    const cells = parse(line);
    const epoch = cells?.get('epoch') ?? NaN;
    if (!cells || !Number.isInteger(epoch) || epoch < 1) {
      throw new DataError(
        `${source}: line ${firstLine + index} is not a row of a run's history: remove that line.`,
      );
    }
    epochs.set(
      epoch,
      fromCells((name) => cells.get(name) ?? NaN),
    );
  });
  return [...epochs.values()].sort((a, b) => a.epoch - b.epoch);
}

const fromCells = (cell: (name: Column) => number): HistoryEpoch => ({
  epoch: cell('epoch'),
  train: { loss: cell('train_loss'), accuracy: cell('train_accuracy') },
  valid: { loss: cell('valid_loss'), accuracy: cell('valid_accuracy') },
  learningRate: cell('learning_rate'),
  isBest: cell('is_best') === 1,
  trainSeconds: cell('train_seconds'),
  validSeconds: cell('valid_seconds'),
  imagesPerSecond: cell('images_per_second'),
});
