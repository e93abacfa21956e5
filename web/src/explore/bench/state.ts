/**
 * What the page knows: the choice, the rows as they come, the file that they are compared with. Each row is a signal of its own, so that one
 * more sample changes one line of the table and one point of the picture.
 */
import { batch, computed, signal, type Signal } from '@preact/signals';
import { idOf, type Row } from '../../../../src/bench/benchmark.ts';
import { compareResults, type RowComparison } from '../../../../src/bench/compare.ts';
import { MOST_BYTES } from '../../../../src/bench/damage.ts';
import { decodeResults, type Circumstances, type Results } from '../../../../src/bench/results.ts';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import { messageOf } from '../../../../src/format.ts';
import type { Trouble } from './device.ts';
import type { Choice, FromWorker, PlannedRow, ToWorker } from './protocol.ts';

export type Stage = { readonly kind: 'opening' | 'ready' | 'measuring' | 'stopping' } | Trouble;

export const stage = signal<Stage>({ kind: 'opening' });
export const where = signal<Circumstances | undefined>(undefined);
export const choice = signal<Choice>({ parts: ['kernels'], isQuick: true, filter: '' });
/** What the choice comes to, or why to nothing. */
export const plan = signal<readonly PlannedRow[]>([]);
export const refusal = signal<string | undefined>(undefined);

/** Rows by name in the order in which they were measured. */
export const rows = signal<ReadonlyMap<string, Signal<Row>>>(new Map());
/** How many of the plan's are complete. */
export const complete = signal(0);
export const ceilings = signal<Ceilings | undefined>(undefined);
/** This tab's run, once it has ended. */
export const results = signal<Results | undefined>(undefined);
export const isStopped = signal(false);
/** The name of the row that is looked at. */
export const seen = signal<string | undefined>(undefined);

/** The file of another run, and what this tab's rows are beside it, by name. */
export const other = signal<{ readonly name: string; readonly results: Results } | undefined>(undefined);
export const fileProblem = signal<string | undefined>(undefined);
export const comparisons = signal<ReadonlyMap<string, RowComparison>>(new Map());
/** Whether the rows that are shown are the file's, since there are none of this tab's. */
export const isOthers = computed(() => other.value !== undefined && !hasOwn.value);
const hasOwn = signal(false);

export const isBusy = computed(() => ['measuring', 'stopping'].includes(stage.value.kind));

let worker: Worker | undefined;
const send = (message: ToWorker) => worker?.postMessage(message);

/** Starts the worker, which opens the device. */
export function open(): void {
  worker = new Worker(new URL('./bench-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => batch(() => take(data));
  worker.onerror = ({ message }) => (stage.value = { kind: 'failed', message });
}

function take(message: FromWorker): void {
  switch (message.kind) {
    case 'opened':
      where.value = message.where;
      stage.value = { kind: 'ready' };
      // What a GPU does in a moment takes a CPU minutes: it begins with little.
      if (message.isSoftware) choose({ size: { batch: 2, size: 32 } });
      else choose({});
      return;
    case 'planned':
      plan.value = message.rows;
      refusal.value = undefined;
      return;
    case 'refused':
      plan.value = [];
      refusal.value = message.message;
      return;
    case 'sample':
      return show(message.row);
    case 'group':
      message.rows.forEach(show);
      if (!message.areCeilings) {
        complete.value += message.rows.length;
        compare(message.rows);
      }
      return;
    case 'lost':
      complete.value += 1;
      return;
    case 'ceilings':
      ceilings.value = message.ceilings;
      return;
    case 'done':
      results.value = message.results;
      isStopped.value = message.isStopped;
      stage.value = { kind: 'ready' };
      choose({}); // a report had a plan of its own
      compare();
      return;
    case 'no-gpu':
    case 'failed':
      stage.value = message;
  }
}

/** Changes what is to be measured. */
export function choose(change: Partial<Choice>): void {
  choice.value = { ...choice.value, ...change };
  send({ kind: 'plan', choice: choice.value });
}

export function start(): void {
  clear();
  hasOwn.value = true;
  stage.value = { kind: 'measuring' };
  send({ kind: 'start', choice: choice.value });
}

/** Measures what a report has; the choice stays as it is. */
export function startReport(): void {
  clear();
  hasOwn.value = true;
  stage.value = { kind: 'measuring' };
  const report = { ...choice.value, isReport: true } as const;
  send({ kind: 'plan', choice: report });
  send({ kind: 'start', choice: report });
}

export function stopMeasuring(): void {
  stage.value = { kind: 'stopping' };
  send({ kind: 'stop' });
}

function clear(): void {
  rows.value = new Map();
  complete.value = 0;
  ceilings.value = undefined;
  results.value = undefined;
  isStopped.value = false;
  comparisons.value = new Map();
  seen.value = undefined;
}

function show(row: Row): void {
  const id = idOf(row);
  const known = rows.value.get(id);
  if (known) known.value = row;
  else rows.value = new Map(rows.value).set(id, signal(row));
}

/** Takes a file that a run of the terminal or of a tab has written. */
export async function takeFile(file: File): Promise<void> {
  try {
    if (file.size > MOST_BYTES) throw new Error(`${file.name}: it is larger than ${MOST_BYTES / 1e6} MB.`);
    const taken = decodeResults(await file.text(), file.name);
    batch(() => {
      other.value = { name: file.name, results: taken };
      fileProblem.value = undefined;
      comparisons.value = new Map();
      if (hasOwn.value) return compare();
      clear();
      ceilings.value = taken.ceilings;
      taken.rows.forEach(show);
    });
  } catch (error) {
    fileProblem.value = messageOf(error);
  }
}

export function dropFile(): void {
  batch(() => {
    other.value = undefined;
    comparisons.value = new Map();
    if (!hasOwn.value) clear();
  });
}

/** The tab's run as far as it has come, with `only` some of its rows. */
function soFar(only: readonly Row[]): Results | undefined {
  const [here, roof] = [where.value, ceilings.value];
  return results.value ?? (here && roof && { ...here, ceilings: roof, rows: only });
}

/** Compares `measured` rows with the file's, all there are by default; the others stay as they were compared. */
function compare(measured: readonly Row[] = [...rows.value.values()].map(({ value }) => value)): void {
  const now = soFar(measured);
  if (!other.value || !now) return;
  const found = compareResults(other.value.results, now).rows;
  comparisons.value = new Map([...comparisons.value, ...found.map((one) => [idOf(one.row), one] as const)]);
}
