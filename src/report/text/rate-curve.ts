/** The search for a learning rate as a curve in characters, for a terminal or a log. */
import { lossText } from '../../format.ts';
import type { RatePoint } from '../../train/index.ts';

const WIDTH = 60;
const HEIGHT = 12;

export const rateText = (rate: number): string => String(Number(rate.toPrecision(2)));

/** The smoothed loss over the rate, which grows to the right by factors, with `mark` below the suggested rate. */
export function rateCurve(points: readonly RatePoint[], suggestion: number, mark: string): string[] {
  const first = points[0]?.rate ?? 1;
  const last = points.at(-1)?.rate ?? 1;
  const column = (rate: number) =>
    Math.round((Math.log(rate / first) / Math.log(last / first)) * (WIDTH - 1));
  const values = points.map(({ smoothed }) => smoothed);
  const low = Math.min(...values);
  // What comes after the explosion would flatten everything before it.
  const high = Math.min(Math.max(...values), low + 1.5 * ((values[0] ?? low) - low) || Infinity);
  const rows = Array.from({ length: HEIGHT }, () => Array<string>(WIDTH).fill(' '));
  for (const { rate, smoothed } of points) {
    const height = Math.round(((Math.min(smoothed, high) - low) / (high - low || 1)) * (HEIGHT - 1));
    const row = rows[HEIGHT - 1 - height];
    if (row) row[column(rate)] = '•';
  }
  const labels = rateText(first).padEnd(WIDTH - rateText(last).length) + rateText(last);
  return [
    ...rows.map((row, i) => {
      const label = i === 0 ? lossText(high) : i === HEIGHT - 1 ? lossText(low) : '';
      return `${label.padStart(9)} │${row.join('').trimEnd()}`;
    }),
    `${' '.repeat(10)}└${'─'.repeat(WIDTH)}`,
    `${' '.repeat(11 + column(suggestion))}${mark}`,
    `${'rate'.padStart(9)}  ${labels}`,
  ];
}
