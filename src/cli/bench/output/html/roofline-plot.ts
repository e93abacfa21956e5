// The roofline plot as SVG that needs no script: the name of a point shows where the pointer rests. Colours are the page's, so that
// light, dark and paper all work.
import type { Row } from '../../../../bench/benchmark.ts';
import { kindOf, KINDS } from '../../../../bench/kinds.ts';
import { logScale, pointsOf, pointText, roofLines, type Point, type Scale } from '../../../../bench/plot.ts';
import type { Ceilings } from '../../../../bench/roofline.ts';
import { significant } from '../../../../bench/units.ts';
import { html, type Markup } from '../../../../report/html/markup.ts';

const [WIDTH, HEIGHT] = [960, 500];
const PLOT = { left: 64, right: WIDTH - 16, top: 16, bottom: HEIGHT - 52 };

/** The section with plot and legend; nothing if no row has both operations and bytes. */
export function rooflineSection(rows: readonly Row[], ceilings: Ceilings): Markup | undefined {
  const points = pointsOf(rows);
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
  const x = logScale(
    points.map(({ intensity }) => intensity),
    [PLOT.left, PLOT.right],
  );
  const roof = ceilings.gflops;
  const y = logScale([...points.map(({ gflops }) => gflops), roof * 1.5], [PLOT.bottom, PLOT.top]);
  return html`<svg class="roofline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Roofline plot">
    ${x.decades.map((value) => line('grid', x.at(value), PLOT.bottom, x.at(value), PLOT.top))}
    ${y.decades.map((value) => line('grid', PLOT.left, y.at(value), PLOT.right, y.at(value)))}
    ${x.decades.map((value) => label(x.at(value), PLOT.bottom + 18, 'middle', significant(value)))}
    ${y.decades.map((value) => label(PLOT.left - 8, y.at(value) + 4, 'end', significant(value)))}
    ${label((PLOT.left + PLOT.right) / 2, HEIGHT - 10, 'middle', 'operations a byte')}
    ${label(PLOT.left, PLOT.top - 4, 'start', 'GFLOP/s')}
    ${roofLines(ceilings, x, y, PLOT.right).map(
      ({ ends, label: { x: left, y: top, anchor, text } }) =>
        html`${line('roof', ...ends)} ${label(left, top, anchor, text)}`,
    )}
    ${points.map((point) => dot(point, ceilings, x, y))}
  </svg>`;
}

const dot = (point: Point, ceilings: Ceilings, x: Scale, y: Scale): Markup =>
  html`<circle
    class="${kindOf(point.row).colour}"
    cx="${x.at(point.intensity).toFixed(1)}"
    cy="${y.at(point.gflops).toFixed(1)}"
    r="5"
    ><title>${pointText(point, ceilings)}</title></circle
  >`;

function line(name: string, ...ends: readonly [number, number, number, number]): Markup {
  const [x1, y1, x2, y2] = ends.map((value) => value.toFixed(1));
  return html`<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" />`;
}

const label = (x: number, y: number, anchor: 'start' | 'middle' | 'end', text: string): Markup =>
  html`<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
