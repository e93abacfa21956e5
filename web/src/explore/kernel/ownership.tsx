/**
 * What a thread owns: the elements of the result that it wrote in the last run, over those of its workgroup and of its neighbours. Nothing
 * of it is taken from the text: every write was noted as it happened. Drawn on a canvas, of which only the layer of the chosen thread is
 * drawn anew as the pointer moves.
 */
import { computed, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { count, plural } from '../../../../src/format.ts';
import { coordinatesOf } from '../../../../src/run/lab/compare.ts';
import type { ExpandedKernel } from '../../../../src/run/kernels/index.ts';
import { groupOf, matrixOf, threadAt, type Area, type Matrix, type Thread } from './owners.ts';
import { result } from './run.ts';
import { kernel } from './state.ts';

/** Elements that are listed. */
const LISTED = 12;
const NONE: readonly number[] = [];

const chosen = signal<Thread>({ workgroup: 0, lane: 0 });

/** Of the last run of the kernel that is looked at. */
const matrix = computed(() => {
  const { outcome } = result.value ?? {};
  if (outcome?.kind !== 'judged' || !('traces' in outcome.judgement)) return undefined;
  const trace = outcome.judgement.traces?.find((one) => one.kernel === kernel.value?.name);
  return trace?.owners && trace.owners.threads.length > 0 ? matrixOf(trace.owners) : undefined;
});

export function Ownership({ of }: { readonly of: ExpandedKernel }) {
  const { value } = matrix;
  return (
    <section aria-labelledby="ownership">
      <h2 id="ownership">What a thread owns</h2>
      {value ? <Drawn matrix={value} of={of} /> : <p class="hint">{whyNone()}</p>}
    </section>
  );
}

/** Why nothing is drawn. */
function whyNone(): string {
  const press =
    'Press Run: the kernel is traced, each write with the thread that made it, and drawn here over the result.';
  const { outcome } = result.value ?? {};
  if (!outcome) return press;
  if (outcome.kind !== 'judged' || !('traces' in outcome.judgement))
    return 'The last run came to no result, so there is nothing to draw over.';
  const { traces } = outcome.judgement;
  if (!traces) return 'The last run could not be traced, so nobody knows which thread wrote what.';
  return traces.some((one) => one.kernel === kernel.value?.name)
    ? 'The last run was traced, but no binding of this kernel can be drawn by who wrote its elements.'
    : press;
}

function Drawn({ matrix, of }: { readonly matrix: Matrix; readonly of: ExpandedKernel }) {
  const workgroups = of.grid.reduce((all, side) => all * side, 1);
  const threads = of.workgroupSize.reduce((all, side) => all * side, 1);
  const workgroup = Math.min(chosen.value.workgroup, workgroups - 1);
  const thread = { workgroup, lane: Math.min(chosen.value.lane, threads - 1) };
  const { area, elements } = useMemo(() => groupOf(matrix, workgroup), [matrix, workgroup]);
  const own = elements.get(thread.lane) ?? NONE;
  const listed = own.slice(0, LISTED).map((index) => coordinatesOf(index, matrix.shape).join(', '));
  const { binding } = matrix.owners;
  return (
    <>
      <div class="fields">
        <Number
          label="Workgroup"
          value={workgroup}
          most={workgroups - 1}
          onChoose={(next) => (chosen.value = { ...thread, workgroup: next })}
        />
        <Number
          label="Thread"
          value={thread.lane}
          most={threads - 1}
          onChoose={(lane) => (chosen.value = { ...thread, lane })}
        />
      </div>
      <p aria-live="polite">
        Thread {count(thread.lane)} of workgroup {count(workgroup)} wrote{' '}
        <strong>{own.length === 0 ? 'nothing' : plural(own.length, 'element')}</strong>
        {own.length > 0 && (
          <>
            {' '}
            of <code>{binding}</code>: {listed.map((one) => `[${one}]`).join(' ')}
            {own.length > listed.length && ' …'}
          </>
        )}
      </p>
      <Canvas matrix={matrix} area={area} thread={thread} own={own} />
      <p class="key">
        <span class="own">its elements</span>
        <span class="group">its workgroup’s</span>
        <span class="others">of other workgroups</span>
        <span class="nobody">nobody’s</span>
      </p>
      <p class="hint">
        <code>
          {binding} [{matrix.shape.join(', ')}]
        </code>
        , rows {count(area.top)} to {count(area.bottom - 1)} of {count(matrix.rows)}, columns{' '}
        {count(area.left)} to {count(area.right - 1)} of {count(matrix.columns)}
        {matrix.shape.length > 2 ? '; the last axis lies across, all others down' : ''}. Point at an element
        to see its thread; a click goes to its workgroup.
      </p>
    </>
  );
}

function Number({
  label,
  value,
  most,
  onChoose,
}: {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChoose: (value: number) => void;
}) {
  return (
    <label>
      {label} of 0 to {count(most)}
      <input
        type="number"
        min={0}
        max={most}
        value={value}
        onInput={({ currentTarget }) => {
          const next = Math.round(currentTarget.valueAsNumber);
          if (next >= 0 && next <= most) onChoose(next);
        }}
      />
    </label>
  );
}

/** Two canvases, one over the other: all elements, and those of the chosen thread. */
function Canvas({
  matrix,
  area,
  thread,
  own,
}: {
  readonly matrix: Matrix;
  readonly area: Area;
  readonly thread: Thread;
  readonly own: readonly number[];
}) {
  const [below, above] = [useRef<HTMLCanvasElement>(null), useRef<HTMLCanvasElement>(null)];
  const { top, left, bottom, right } = area;
  const [rows, columns] = [bottom - top, right - left];
  const cell = Math.max(3, Math.min(14, Math.floor(960 / columns), Math.floor(640 / rows)));
  useEffect(() => {
    if (below.current) drawAll(below.current, matrix, area, thread.workgroup, cell);
  }, [matrix, top, left, bottom, right, thread.workgroup, cell, dark.value]);
  useEffect(() => {
    if (above.current) drawOwn(above.current, own, matrix.columns, area, cell);
  }, [own, top, left, bottom, right, cell, dark.value]);
  const pointed = (event: PointerEvent | MouseEvent): Thread | undefined => {
    const canvas = above.current;
    if (!canvas) return undefined;
    const box = canvas.getBoundingClientRect();
    const row = top + Math.floor(((event.clientY - box.top) / box.height) * rows);
    const column = left + Math.floor(((event.clientX - box.left) / box.width) * columns);
    return row < bottom && column < right ? threadAt(matrix, row, column) : undefined;
  };
  const size = { width: columns * cell, height: rows * cell };
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="The result with the elements of a thread">
      <div class="owners">
        <canvas ref={below} {...size} aria-hidden="true" />
        <canvas
          ref={above}
          {...size}
          role="img"
          aria-label={`${rows} by ${columns} elements; those of the thread stand out`}
          onPointerMove={(event) => {
            const found = pointed(event);
            // Within the workgroup that is shown: others come into the middle with a click.
            if (found && found.workgroup === thread.workgroup && found.lane !== thread.lane)
              chosen.value = found;
          }}
          onClick={(event) => (chosen.value = pointed(event) ?? thread)}
        />
      </div>
    </div>
  );
}

/** Whether the page is dark: what is drawn does not follow by itself. */
const darkness = matchMedia('(prefers-color-scheme: dark)');
const dark = signal(darkness.matches);
darkness.addEventListener('change', ({ matches }) => (dark.value = matches));

/** The page's colours as they are. */
function colourOf(canvas: HTMLCanvasElement, name: string): string {
  const probe = getComputedStyle(canvas);
  return probe.getPropertyValue(name).trim() || probe.color;
}

function drawAll(
  canvas: HTMLCanvasElement,
  matrix: Matrix,
  area: Area,
  workgroup: number,
  cell: number,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const [group, other, rule] = ['--cell-group', '--cell-other', '--cell-rule'].map((name) =>
    colourOf(canvas, name),
  );
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let row = area.top; row < area.bottom; row++)
    for (let column = area.left; column < area.right; column++) {
      const thread = threadAt(matrix, row, column);
      if (!thread) continue;
      const [x, y] = [(column - area.left) * cell, (row - area.top) * cell];
      context.fillStyle = (thread.workgroup === workgroup ? group : other) ?? '';
      context.fillRect(x, y, cell - 1, cell - 1);
      // A line where another workgroup begins.
      context.fillStyle = rule ?? '';
      if (threadAt(matrix, row, column - 1)?.workgroup !== thread.workgroup && column > area.left)
        context.fillRect(x - 1, y - 1, 1, cell);
      if (row > area.top && threadAt(matrix, row - 1, column)?.workgroup !== thread.workgroup)
        context.fillRect(x - 1, y - 1, cell, 1);
    }
}

function drawOwn(
  canvas: HTMLCanvasElement,
  own: readonly number[],
  width: number,
  { top, left, bottom, right }: Area,
  cell: number,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = colourOf(canvas, '--cell-own');
  for (const index of own) {
    const [row, column] = [Math.floor(index / width), index % width];
    if (row < top || row >= bottom || column < left || column >= right) continue;
    context.fillRect((column - left) * cell, (row - top) * cell, cell - 1, cell - 1);
  }
}
