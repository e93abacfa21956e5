// The table in the terminal. Its columns have fixed widths, since rows are shown as soon as they are measured; where a terminal is too
// narrow for all, the least important are left out, and the JSON file has them still; in one of 80 columns a row takes two lines.
import { colours as pc } from '../../terminal/colours.ts';
import type { Row } from '../../../bench/benchmark.ts';
import { gbpsOf, gflopsOf, standing, type Standing } from '../../../bench/roofline.ts';
import type { Yardsticks } from '../../../bench/session.ts';
import { median, spreadOf } from '../../../bench/statistics.ts';
import { bytes, significant, time } from '../../../bench/units.ts';

interface Column {
  readonly head: string;
  /** Negative where the text stands on the right. */
  readonly width: number;
  /** Those with higher numbers go first where there is no room; 0 stays. */
  readonly rank: number;
  readonly cell: (row: Row, ceilings: Yardsticks | undefined) => string;
}

const COLUMNS: readonly Column[] = [
  { head: 'operation', width: 25, rank: 0, cell: ({ operation }) => operation },
  { head: 'shape', width: 27, rank: 0, cell: ({ shape }) => shape },
  { head: 'variant', width: 21, rank: 0, cell: ({ variant }) => variant },
  { head: 'median', width: -8, rank: 0, cell: ({ wall }) => time(median(wall)) },
  { head: 'p10 – p90', width: -15, rank: 0, cell: ({ wall }) => span(wall) },
  { head: 'GPU', width: -8, rank: 3, cell: ({ gpu }) => middle(gpu) },
  { head: 'host', width: -8, rank: 2, cell: ({ host }) => middle(host) },
  {
    head: 'first',
    width: -8,
    rank: 4,
    cell: ({ firstCall }) => (firstCall === undefined ? '' : time(firstCall)),
  },
  { head: 'rate', width: -13, rank: 0, cell: rate },
  { head: 'of ceiling', width: -10, rank: 0, cell: (row, ceilings) => share(standingOf(row, ceilings)) },
  { head: 'by CPU', width: -6, rank: 5, cell: shareOfProcessor },
  {
    head: 'bytes',
    width: -7,
    rank: 1,
    cell: ({ work }) => (work && work.bytes > 0 ? bytes(work.bytes) : ''),
  },
];

/** Two lines a row where there is no room for one: within 80 columns, with the longest names that there are. */
const NARROW: readonly (readonly Placed[])[] = [
  [place('operation', 25), place('shape', 27), place('p10 – p90', -26)],
  [place('variant', 34), place('median', -11), place('rate', -16), place('of ceiling', -14)],
];
const INDENT = ['', '  '];

interface Placed {
  readonly column: Column;
  readonly width: number;
}

function place(head: string, width: number): Placed {
  const column = COLUMNS.find((one) => one.head === head);
  if (!column) throw new RangeError(`There is no column "${head}".`);
  return { column, width };
}

/** Head and rows for a terminal of `width` characters; for a file or a pipe all columns. */
export function tableFor(width = Infinity): {
  head(): string[];
  /** Without `ceilings` while they are measured themselves. */
  row(row: Row, ceilings?: Yardsticks): string[];
} {
  const lines = linesFor(width);
  const texts = (text: (column: Column) => string) =>
    lines.map((columns, i) => {
      const cells = columns.map((one) => ({ text: text(one.column), width: one.width }));
      return `${lines.length > 1 ? (INDENT[i] ?? '') : ''}${joined(cells)}`.trimEnd();
    });
  return {
    head: () => texts(({ head }) => head).map((line) => pc.dim(line)),
    row: (row, ceilings) => texts(({ cell }) => cell(row, ceilings)),
  };
}

function linesFor(width: number): readonly (readonly Placed[])[] {
  const needed = (columns: readonly Column[]) =>
    columns.reduce((sum, column) => sum + Math.abs(column.width) + 1, -1);
  let columns = COLUMNS;
  for (let rank = 5; rank > 0 && needed(columns) > width; rank--)
    columns = columns.filter((column) => column.rank < rank);
  if (needed(columns) > width) return NARROW;
  return [columns.map((column) => ({ column, width: column.width }))];
}

/** Cells in a line, a space apart; what is too long for its column takes from the room of the next. */
function joined(cells: readonly { readonly text: string; readonly width: number }[]): string {
  let [line, end] = ['', -1];
  for (const { text, width } of cells) {
    end += Math.abs(width) + 1;
    const begun = line === '' ? '' : `${line} `;
    const room = end - begun.length;
    line = begun + (width > 0 ? text.padEnd(room) : text.padStart(room));
  }
  return line;
}

const standingOf = ({ work, wall }: Row, ceilings: Yardsticks | undefined): Standing | undefined =>
  work && ceilings && standing(ceilings.wall, work, median(wall));

const share = (stands: Standing | undefined) =>
  stands ? `${(stands.share * 100).toFixed(0)} % ${stands.bound}` : '';

function shareOfProcessor({ work, cpu }: Row, ceilings: Yardsticks | undefined): string {
  if (!work || !cpu || !ceilings?.cpu) return '';
  return `${(standing(ceilings.cpu, work, median(cpu)).share * 100).toFixed(0)} %`;
}

function rate(row: Row, ceilings: Yardsticks | undefined): string {
  const { work, wall } = row;
  if (!work) return '';
  const bound = standingOf(row, ceilings)?.bound ?? (work.flops > 0 ? 'FMA' : 'copy');
  return bound === 'FMA'
    ? `${significant(gflopsOf(work, median(wall)))} GFLOP/s`
    : `${significant(gbpsOf(work, median(wall)))} GB/s`;
}

/** `4.9 – 5.3 ms`: the unit once where both ends have the same. */
function span(samples: readonly number[]): string {
  const { low, high } = spreadOf(samples);
  const [from = '', unit] = time(low).split(' ');
  return time(high).endsWith(` ${unit}`) ? `${from} – ${time(high)}` : `${time(low)} – ${time(high)}`;
}

const middle = (samples: readonly number[] | undefined) => (samples ? time(median(samples)) : '');
