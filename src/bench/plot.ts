// The roofline as a picture, whatever draws it: arithmetic intensity across, GFLOP/s upwards, both logarithmic; the roofs as lines and
// each row as a point. A report writes it as text, a page as elements that change.
import { idOf, type Row, type Work } from './benchmark.ts';
import { gflopsOf, intensityOf, standing, type Ceilings } from './roofline.ts';
import { median } from './statistics.ts';
import { bytes, significant, time } from './units.ts';

export interface Point {
  readonly row: Row & { readonly work: Work };
  /** Operations a byte. */
  readonly intensity: number;
  readonly gflops: number;
}

/** The rows that have a place in the picture: those with both operations and bytes, ceilings apart. */
export function pointsOf(rows: readonly Row[]): Point[] {
  return rows.flatMap((row): Point[] => {
    const { work } = row;
    if (!work || !hasPlace(row)) return [];
    return [
      { row: { ...row, work }, intensity: intensityOf(work), gflops: gflopsOf(work, median(row.wall)) },
    ];
  });
}

/** Whether a row will have a place, measured or not. */
export const hasPlace = ({ work, group }: Pick<Row, 'work' | 'group'>): boolean =>
  work !== undefined && work.flops > 0 && work.bytes > 0 && !group.startsWith('ceiling');

/** What a point says of itself. */
export function pointText({ row, gflops }: Point, ceilings: Ceilings): string {
  const middle = median(row.wall);
  const { bound, share } = standing(ceilings, row.work, middle);
  return `${idOf(row)} ${row.variant}: ${significant(gflops)} GFLOP/s, ${time(middle)}, ${(share * 100).toFixed(0)} % of the ${bound} ceiling`;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Powers of ten within. */
  readonly decades: readonly number[];
  at(value: number): number;
}

/** A logarithmic axis over `values` with a little room, drawn from `start` to `end`. */
export function logScale(values: readonly number[], [start, end]: readonly [number, number]): Scale {
  const [low, high] = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  const [first, last] = [Math.log10(low), Math.log10(high)];
  const decades = Array.from(
    { length: Math.floor(last) - Math.ceil(first) + 1 },
    (_, i) => 10 ** (Math.ceil(first) + i),
  );
  const at = (value: number) => start + ((end - start) * (Math.log10(value) - first)) / (last - first);
  return { low, high, decades, at };
}

/** A line of the roof, from its left end to its right, and where its name stands. */
export interface RoofLine {
  readonly ends: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly label: {
    readonly x: number;
    readonly y: number;
    readonly anchor: 'start' | 'end';
    readonly text: string;
  };
}

/** The flat roof, whose name ends at `right`, and a slope for the largest and for the fastest of the copies. */
export function roofLines({ gflops, copies }: Ceilings, x: Scale, y: Scale, right: number): RoofLine[] {
  const memory = copies.at(-1);
  const cache = copies.reduce((best, copy) => (copy.gbps > best.gbps ? copy : best));
  const slopes = [...new Set([memory, cache])].flatMap((copy) => (copy ? [copy] : []));
  const ridge = Math.min(...slopes.map(({ gbps }) => gflops / gbps));
  const from = Math.max(x.low, Math.min(ridge, x.high / 2));
  const flat: RoofLine = {
    ends: [x.at(from), y.at(gflops), x.at(x.high), y.at(gflops)],
    label: {
      x: right,
      y: y.at(gflops) - 8,
      anchor: 'end',
      text: `multiply-add ${significant(gflops)} GFLOP/s`,
    },
  };
  const sloping = slopes.flatMap(({ gbps, bytes: size }, i): RoofLine[] => {
    // From where the slope comes in, on the left or from below, to the flat roof.
    const start = Math.max(x.low, y.low / gbps);
    const end = Math.min(x.high, gflops / gbps);
    if (start >= end) return [];
    const along = start * (end / start) ** 0.75;
    const text = `copy of ${bytes(size)}: ${significant(gbps)} GB/s`;
    const [left, top] = [x.at(along), y.at(along * gbps)];
    // Over the highest line there are few points.
    const isHighest = i === slopes.length - 1;
    return [
      {
        ends: [x.at(start), y.at(start * gbps), x.at(end), y.at(end * gbps)],
        label: isHighest
          ? { x: left - 10, y: top - 6, anchor: 'end', text }
          : { x: left + 10, y: top + 14, anchor: 'start', text },
      },
    ];
  });
  return [flat, ...sloping];
}
