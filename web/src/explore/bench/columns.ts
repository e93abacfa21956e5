/** The columns of the table: what each says of a row, and by what it sorts. */
import type { Row } from '../../../../src/bench/benchmark.ts';
import type { RowComparison } from '../../../../src/bench/compare.ts';
import { gbpsOf, gflopsOf, standing, type Ceilings } from '../../../../src/bench/roofline.ts';
import { median, spreadOf } from '../../../../src/bench/statistics.ts';
import { significant, time } from '../../../../src/bench/units.ts';

export interface Column {
  readonly head: string;
  /** Why it is there, for those who point at its head. */
  readonly about: string;
  readonly isNumber: boolean;
  readonly text: (row: Row, beside: Beside) => string;
  /** Rows without a number come last. */
  readonly by: (row: Row, beside: Beside) => string | number | undefined;
}

/** What a row is held against. */
export interface Beside {
  readonly ceilings: Ceilings | undefined;
  readonly comparison: RowComparison | undefined;
}

const standingOf = ({ work, wall, group }: Row, { ceilings }: Beside) =>
  work && ceilings && !group.startsWith('ceiling') ? standing(ceilings, work, median(wall)) : undefined;
const gflops = ({ work, wall }: Row) => (work && work.flops > 0 ? gflopsOf(work, median(wall)) : undefined);
const gbps = ({ work, wall }: Row) => (work && work.bytes > 0 ? gbpsOf(work, median(wall)) : undefined);
const numberText = (value: number | undefined) => (value === undefined ? '' : significant(value));

const name = (head: string, about: string, text: (row: Row) => string): Column => ({
  ...{ head, about, isNumber: false, text, by: text },
});

export const COLUMNS: readonly Column[] = [
  name('Operation', 'What is computed', ({ operation }) => operation),
  name('Shape', 'Of the layer that it stands for: images × pixels²', ({ shape }) => shape),
  name('Kernel', 'The one that the engine chose for this adapter', ({ variant }) => variant),
  {
    ...{ head: 'Median', about: 'Of a call, by the clock on the wall', isNumber: true },
    text: ({ wall }) => time(median(wall)),
    by: ({ wall }) => median(wall),
  },
  {
    ...{ head: 'Spread', about: 'From the 10th to the 90th percentile of the samples', isNumber: true },
    text: ({ wall }) => {
      const { low, high } = spreadOf(wall);
      return `${time(low)} – ${time(high)}`;
    },
    by: ({ wall }) => {
      const { low, high } = spreadOf(wall);
      return high / low;
    },
  },
  {
    ...{ head: 'GFLOP/s', about: '10⁹ operations of the plain formula a second', isNumber: true },
    text: (row) => numberText(gflops(row)),
    by: gflops,
  },
  {
    ...{ head: 'GB/s', about: '10⁹ bytes a second, each read or written once', isNumber: true },
    text: (row) => numberText(gbps(row)),
    by: gbps,
  },
  {
    ...{ head: 'Of ceiling', about: 'Share of what binds it: multiply-adds or a copy', isNumber: true },
    text: (row, beside) => {
      const stands = standingOf(row, beside);
      return stands ? `${(stands.share * 100).toFixed(0)} % ${stands.bound}` : '';
    },
    by: (row, beside) => standingOf(row, beside)?.share,
  },
];

/** Only where there is a file to compare with. */
export const RATIO: Column = {
  ...{
    head: 'Against file',
    about: 'This tab’s time ÷ the file’s, and where 95 % of resamplings have it',
    isNumber: true,
  },
  text: (_, { comparison }) =>
    comparison
      ? `×${comparison.ratio.toFixed(2)} (${comparison.low.toFixed(2)}–${comparison.high.toFixed(2)}) ${comparison.verdict}`
      : '',
  by: (_, { comparison }) => comparison?.ratio,
};

/** Compares two values of a column; what is missing comes last whichever the order. */
export function order(
  a: string | number | undefined,
  b: string | number | undefined,
  isDescending: boolean,
): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const ascending =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return isDescending ? -ascending : ascending;
}
