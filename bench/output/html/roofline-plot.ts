// The roofline plot as SVG that needs no script: arithmetic intensity across, GFLOP/s upwards, both logarithmic; the roofs as lines and
// each row as a point, whose name shows where the pointer rests. Colours are the page's, so that light, dark and paper all work.
import { html, type Markup } from '../../../src/report/html/markup.ts';
import { idOf, type Row, type Work } from '../../benchmark.ts';
import { gflopsOf, intensityOf, standing, type Ceilings } from '../../roofline.ts';
import { median } from '../../statistics.ts';
import { bytes, significant, time } from '../table.ts';
import { kindOf, KINDS } from './kinds.ts';

const [WIDTH, HEIGHT] = [960, 500];
const PLOT = { left: 64, right: WIDTH - 16, top: 16, bottom: HEIGHT - 52 };

interface Point {
  readonly row: Row & { readonly work: Work };
  readonly intensity: number;
  readonly gflops: number;
}

/** The section with plot and legend; nothing if no row has both operations and bytes. */
export function rooflineSection(rows: readonly Row[], ceilings: Ceilings): Markup | undefined {
  const points = rows.flatMap((row): Point[] => {
    const { work } = row;
    if (!work || work.flops === 0 || work.bytes === 0 || row.group.startsWith('ceiling')) return [];
    return [
      { row: { ...row, work }, intensity: intensityOf(work), gflops: gflopsOf(work, median(row.wall)) },
    ];
  });
  if (points.length === 0) return undefined;
  const kinds = KINDS.filter(({ name }) => points.some(({ row }) => kindOf(row).name === name));
  return html`<section aria-labelledby="roofline">
    <h2 id="roofline">Under the roof</h2>
    <p class="lead">
      No kernel can be faster than its arithmetic at the rate of multiply-adds, nor than its bytes at the rate
      of a copy. A point is a row; how far it lies below the line is what is left to gain.
    </p>
    <div class="scroll">${plot(points, ceilings)}</div>
    <p class="legend">
      ${kinds.map(({ name, colour }) => html`<span class="key ${colour}">${name}</span> `)}
    </p>
  </section>`;
}

function plot(points: readonly Point[], ceilings: Ceilings): Markup {
  const x = scale(
    points.map(({ intensity }) => intensity),
    [PLOT.left, PLOT.right],
  );
  const roof = ceilings.gflops;
  const y = scale([...points.map(({ gflops }) => gflops), roof * 1.5], [PLOT.bottom, PLOT.top]);
  return html`<svg class="roofline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Roofline plot">
    ${x.decades.map((value) => grid(x.at(value), PLOT.bottom, x.at(value), PLOT.top))}
    ${y.decades.map((value) => grid(PLOT.left, y.at(value), PLOT.right, y.at(value)))}
    ${x.decades.map((value) => label(x.at(value), PLOT.bottom + 18, 'middle', significant(value)))}
    ${y.decades.map((value) => label(PLOT.left - 8, y.at(value) + 4, 'end', significant(value)))}
    ${label((PLOT.left + PLOT.right) / 2, HEIGHT - 10, 'middle', 'operations a byte')}
    ${label(PLOT.left, PLOT.top - 4, 'start', 'GFLOP/s')} ${roofs(ceilings, x, y)}
    ${points.map((point) => dot(point, ceilings, x, y))}
  </svg>`;
}

interface Scale {
  readonly low: number;
  readonly high: number;
  /** Powers of ten within. */
  readonly decades: readonly number[];
  at(value: number): number;
}

/** A logarithmic axis over `values` with a little room, drawn from `start` to `end`. */
function scale(values: readonly number[], [start, end]: readonly [number, number]): Scale {
  const [low, high] = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  const [first, last] = [Math.log10(low), Math.log10(high)];
  const decades = Array.from(
    { length: Math.floor(last) - Math.ceil(first) + 1 },
    (_, i) => 10 ** (Math.ceil(first) + i),
  );
  const at = (value: number) => start + ((end - start) * (Math.log10(value) - first)) / (last - first);
  return { low, high, decades, at };
}

/** The flat roof, and a slope for the largest and for the fastest of the copies. */
function roofs({ gflops, copies }: Ceilings, x: Scale, y: Scale): Markup {
  const memory = copies.at(-1);
  const cache = copies.reduce((best, copy) => (copy.gbps > best.gbps ? copy : best));
  const slopes = [...new Set([memory, cache])].flatMap((copy) => (copy ? [copy] : []));
  const ridge = Math.min(...slopes.map(({ gbps }) => gflops / gbps));
  const from = Math.max(x.low, Math.min(ridge, x.high / 2));
  return html`${line('roof', x.at(from), y.at(gflops), x.at(x.high), y.at(gflops))}
  ${label(PLOT.right, y.at(gflops) - 8, 'end', `multiply-add ${significant(gflops)} GFLOP/s`)}
  ${slopes.map(({ gbps, bytes: size }, i) => {
    // From where the slope comes in, on the left or from below, to the flat roof.
    const start = Math.max(x.low, y.low / gbps);
    const end = Math.min(x.high, gflops / gbps);
    if (start >= end) return html``;
    const along = start * (end / start) ** 0.75;
    const text = `copy of ${bytes(size)}: ${significant(gbps)} GB/s`;
    const [left, top] = [x.at(along), y.at(along * gbps)];
    // Over the highest line there are few points.
    const isHighest = i === slopes.length - 1;
    return html`${line('roof', x.at(start), y.at(start * gbps), x.at(end), y.at(end * gbps))}
    ${isHighest ? label(left - 10, top - 6, 'end', text) : label(left + 10, top + 14, 'start', text)}`;
  })}`;
}

function dot({ row, intensity, gflops }: Point, ceilings: Ceilings, x: Scale, y: Scale): Markup {
  const middle = median(row.wall);
  const { bound, share } = standing(ceilings, row.work, middle);
  const text = `${idOf(row)} ${row.variant}: ${significant(gflops)} GFLOP/s, ${time(middle)}, ${percent(share)} of the ${bound} ceiling`;
  return html`<circle
    class="${kindOf(row).colour}"
    cx="${x.at(intensity).toFixed(1)}"
    cy="${y.at(gflops).toFixed(1)}"
    r="5"
    ><title>${text}</title></circle
  >`;
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

const grid = (...ends: readonly [number, number, number, number]): Markup => line('grid', ...ends);

function line(name: string, ...ends: readonly [number, number, number, number]): Markup {
  const [x1, y1, x2, y2] = ends.map((value) => value.toFixed(1));
  return html`<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" />`;
}

const label = (x: number, y: number, anchor: 'start' | 'middle' | 'end', text: string): Markup =>
  html`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
