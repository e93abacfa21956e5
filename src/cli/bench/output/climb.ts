// How a kernel ladder climbs: each rung with its lesson, its speed, how many times that of the rung before, and what is left of
// the ceiling.
import { colours as pc } from '../../terminal/colours.ts';
import { table } from '../../../report/text/table.ts';
import { wrapped } from '../../../run/texts.ts';
import type { Row } from '../../../bench/benchmark.ts';
import { gflopsOf, standing, type Ceilings } from '../../../bench/roofline.ts';
import { median } from '../../../bench/statistics.ts';
import { significant, time } from '../../../bench/units.ts';

export const isClimb = (rows: readonly Row[]): boolean => rows[0]?.lesson !== undefined;

/** The rungs in their order as a table, the lesson of each below it. */
export function climbLines(rows: readonly Row[], ceilings: Ceilings, width = Infinity): string[] {
  const [first] = rows;
  if (!first) return [];
  const steps = rows.map((row, i) => {
    const ms = median(row.wall);
    const before = rows[i - 1];
    const { work } = row;
    return [
      row.variant,
      time(ms),
      work ? `${significant(gflopsOf(work, ms))} GFLOP/s` : '',
      before ? `×${significant(median(before.wall) / ms)}` : '',
      work ? `${(standing(ceilings, work, ms).share * 100).toFixed(0)} %` : '',
    ];
  });
  const lines = table([['rung', 'median', 'rate', 'step', 'of ceiling'], ...steps]);
  const indent = ' '.repeat(4);
  return [
    '',
    pc.bold(`${first.operation}, ${first.shape}`),
    pc.dim(lines[0] ?? ''),
    ...rows.flatMap(({ lesson = '' }, i) => [
      lines[i + 1] ?? '',
      ...wrapped(lesson, width - indent.length).map((text) => pc.dim(indent + text)),
    ]),
  ];
}
