/**
 * The roofline, filled as rows come. A point follows its own row; axes and roofs are drawn anew only where they have to move. The mouse
 * points at points, the arrow keys go through them, and the table says the same in words.
 */
import { computed, useComputed, type ReadonlySignal } from '@preact/signals';
import type { TargetedMouseEvent } from 'preact';
import type { Row } from '../../../../src/bench/benchmark.ts';
import { kindOf, KINDS } from '../../../../src/bench/kinds.ts';
import { hasPlace, logScale, pointsOf, pointText, roofLines } from '../../../../src/bench/plot.ts';
import { intensityOf } from '../../../../src/bench/roofline.ts';
import { significant } from '../../../../src/bench/units.ts';
import { ceilings, plan, rows, seen } from './state.ts';

const [WIDTH, HEIGHT] = [960, 480];
const PLOT = { left: 56, right: WIDTH - 16, top: 24, bottom: HEIGHT - 48 };

/** Rows with a place, each by its name, from the left to the right. */
const placed = computed(() =>
  [...rows.value]
    .filter(([, row]) => hasPlace(row.peek()))
    .sort(([, a], [, b]) => intensityAt(a) - intensityAt(b)),
);
const intensityAt = (row: ReadonlySignal<Row>): number => {
  const { work } = row.peek();
  return work ? intensityOf(work) : 0;
};

/** Across: all rows that are to come, so that nothing moves; up: to below the slowest row, in whole powers of ten. */
const intensities = computed(() => {
  const all = [...plan.value.filter(hasPlace), ...placed.value.map(([, row]) => row.peek())];
  return all.flatMap(({ work }) => (work ? [intensityOf(work)] : []));
});
const lowest = computed(() => {
  const rates = placed.value.flatMap(([, row]) => pointsOf([row.value]).map(({ gflops }) => gflops));
  return 10 ** Math.floor(Math.log10(Math.min(...rates, (ceilings.value?.gflops ?? 1) / 100)));
});
const scales = computed(() => {
  const roof = ceilings.value?.gflops;
  if (roof === undefined || intensities.value.length === 0) return undefined;
  return {
    x: logScale(intensities.value, [PLOT.left, PLOT.right]),
    y: logScale([lowest.value * 1.5, roof * 1.5], [PLOT.bottom, PLOT.top]),
  };
});

export function Roofline() {
  return (
    <section aria-labelledby="roofline">
      <h2 id="roofline">Under the roof</h2>
      <p class="hint">
        No kernel can be faster than its arithmetic at the rate of multiply-adds, nor than its bytes at the
        rate of a copy. A point is a row; how far it lies below the line is what is left to gain.
      </p>
      <div class="wide" tabIndex={0} onKeyDown={({ key }) => step(key)}>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          class="roofline"
          aria-hidden="true"
          onPointerMove={(event) => (seen.value = nearest(event) ?? seen.value)}
          onClick={(event) => goTo(nearest(event))}
        >
          {scales.value ? (
            <Axes />
          ) : (
            <text x={WIDTH / 2} y={HEIGHT / 2}>
              The ceilings are measured first.
            </text>
          )}
          {scales.value && placed.value.map(([id, row]) => <Dot key={id} id={id} row={row} />)}
        </svg>
      </div>
      <Legend />
      <Said />
    </section>
  );
}

function Axes() {
  const [at, roof] = [scales.value, ceilings.value];
  if (!at || !roof) return null;
  const { x, y } = at;
  return (
    <g>
      {x.decades.map((value) => (
        <g key={value}>
          <line class="grid" x1={x.at(value)} x2={x.at(value)} y1={PLOT.top} y2={PLOT.bottom} />
          <text x={x.at(value)} y={PLOT.bottom + 18}>
            {significant(value)}
          </text>
        </g>
      ))}
      {y.decades.map((value) => (
        <g key={value}>
          <line class="grid" x1={PLOT.left} x2={PLOT.right} y1={y.at(value)} y2={y.at(value)} />
          <text class="end" x={PLOT.left - 8} y={y.at(value) + 4}>
            {significant(value)}
          </text>
        </g>
      ))}
      <text x={(PLOT.left + PLOT.right) / 2} y={HEIGHT - 8}>
        operations a byte
      </text>
      <text class="start" x={4} y={14}>
        GFLOP/s
      </text>
      {roofLines(roof, x, y, PLOT.right).map(({ ends: [x1, y1, x2, y2], label }) => (
        <g key={label.text}>
          <line class="roof" {...{ x1, y1, x2, y2 }} />
          <text class={label.anchor} x={label.x} y={label.y}>
            {label.text}
          </text>
        </g>
      ))}
    </g>
  );
}

function Dot({ id, row }: { readonly id: string; readonly row: ReadonlySignal<Row> }) {
  const colour = kindOf(row.value).colour;
  const classes = useComputed(() => (seen.value === id ? `${colour} seen` : colour));
  const [point] = pointsOf([row.value]);
  const at = scales.value;
  if (!point || !at) return null;
  return <circle class={classes} cx={at.x.at(point.intensity)} cy={at.y.at(point.gflops)} r="5" />;
}

/** A point is pointed at from this near, in units of the picture: many lie on each other, and a hand is not that steady. */
const NEAR = 24;

/** The name of the row whose point is nearest to the pointer. */
function nearest({ currentTarget, clientX, clientY }: TargetedMouseEvent<SVGSVGElement>): string | undefined {
  const at = scales.peek();
  const { left, top, width } = currentTarget.getBoundingClientRect();
  const [x, y] = [clientX - left, clientY - top].map((pixels) => (pixels * WIDTH) / width);
  let [best, distance]: [string | undefined, number] = [undefined, NEAR];
  for (const [id, row] of at ? placed.peek() : []) {
    const [point] = pointsOf([row.peek()]);
    if (!at || !point) continue;
    const far = Math.hypot(at.x.at(point.intensity) - (x ?? 0), at.y.at(point.gflops) - (y ?? 0));
    if (far < distance) [best, distance] = [id, far];
  }
  return best;
}

/** The table's line of a row, in sight and focused. */
function goTo(id: string | undefined): void {
  if (id === undefined) return;
  document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"] button`)?.focus();
}

/** Goes to the next point with an arrow key, from the left to the right. */
function step(key: string): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
  const names = placed.value.map(([id]) => id);
  if (by === undefined || names.length === 0) return;
  const now = seen.value === undefined ? -1 : names.indexOf(seen.value);
  seen.value = names[(now < 0 ? (by > 0 ? 0 : names.length - 1) : now + by + names.length) % names.length];
}

function Legend() {
  const present = useComputed(() => {
    const names = new Set(
      [...plan.value.filter(hasPlace), ...placed.value.map(([, row]) => row.peek())].map(
        (row) => kindOf(row).name,
      ),
    );
    return KINDS.filter(({ name }) => names.has(name));
  });
  return (
    <p class="key">
      {present.value.map(({ name, colour }) => (
        <span key={name} class={colour}>
          {name}
        </span>
      ))}
    </p>
  );
}

/** What is looked at, in words. */
function Said() {
  const text = useComputed(() => {
    const row = seen.value === undefined ? undefined : rows.value.get(seen.value)?.value;
    const [point] = row ? pointsOf([row]) : [];
    return point && ceilings.value
      ? pointText(point, ceilings.value)
      : 'Point at a dot, or at a row of the table; or go through the dots with the arrow keys.';
  });
  return <p class="said">{text}</p>;
}
