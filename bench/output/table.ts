// The table in the terminal. Its columns have fixed widths, since rows are shown as soon as they are measured.
import { colours as pc } from '../../src/cli/colours.ts';
import type { Row } from '../benchmark.ts';
import { gbpsOf, gflopsOf, standing, type Ceilings } from '../roofline.ts';
import { spreadOf } from '../statistics.ts';

const COLUMNS = [
  ['operation', 25],
  ['shape', 22],
  ['variant', 16],
  ['median', -9],
  ['p10 – p90', -15],
  ['GPU', -9],
  ['host', -9],
  ['first', -8],
  ['rate', -13],
  ['of ceiling', -11],
  ['bytes', -8],
] as const;

/** The line above the rows. */
export const tableHead = (): string => pc.dim(line(COLUMNS.map(([name]) => name)));

/** A row as a line; `ceilings` are absent while they are measured themselves. */
export function tableRow(row: Row, ceilings: Ceilings | undefined): string {
  const { median, low, high } = spreadOf(row.wall);
  const middle = (values: readonly number[] | undefined) => (values ? time(spreadOf(values).median) : '');
  const { work } = row;
  const stands = work && ceilings && standing(ceilings, work, median);
  return line([
    row.operation,
    row.shape,
    row.variant,
    time(median),
    `${time(low)} – ${time(high)}`.replace(/ (µs|ms|s) –(.* \1)$/, ' –$2'),
    middle(row.gpu),
    middle(row.host),
    row.firstCall === undefined ? '' : time(row.firstCall),
    work ? rateOf(row, stands?.bound ?? (work.flops > 0 ? 'FMA' : 'copy'), median) : '',
    stands ? `${(stands.share * 100).toFixed(0)} % ${stands.bound}` : '',
    work && work.bytes > 0 ? bytes(work.bytes) : '',
  ]);
}

function rateOf({ work }: Row, bound: 'FMA' | 'copy', median: number): string {
  if (!work) return '';
  if (bound === 'FMA') return `${significant(gflopsOf(work, median))} GFLOP/s`;
  return `${significant(gbpsOf(work, median))} GB/s`;
}

/** Milliseconds as people read them: 12.3 µs, 4.56 ms, 1.23 s. */
export function time(ms: number): string {
  if (ms < 0.1) return `${significant(ms * 1000)} µs`;
  return ms < 1000 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`;
}

/** 512 B, 4.3 MB: powers of ten, as rates are. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${significant(count / 1000 ** power)} ${units[power]}`;
}

/** Three digits that count, without an exponent. */
export const significant = (value: number): string =>
  value >= 1000 ? value.toFixed(0) : value === 0 ? '0' : Number(value.toPrecision(3)).toString();

function line(cells: readonly string[]): string {
  return COLUMNS.map(([, width], i) => {
    const cell = cells[i] ?? '';
    return width > 0 ? cell.padEnd(width) : cell.padStart(-width);
  })
    .join(' ')
    .trimEnd();
}
