/** What the page of the ladders knows: the race that is chosen, its rungs, and their times as they come, each a signal of its own. */
import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Row } from '../../../../src/bench/benchmark.ts';
import { STORY, type LadderSizes } from '../../../../src/bench/ladder.ts';
import type { Circumstances } from '../../../../src/bench/results.ts';
import { gflopsOf, type Ceilings } from '../../../../src/bench/roofline.ts';
import { median } from '../../../../src/bench/statistics.ts';
import type { RungFacts } from '../../../../src/bench/traffic.ts';
import type { DeviceTraits } from '../../../../src/gpu/traits.ts';
import type { Trouble } from '../bench/device.ts';
import type { FromWorker, Race, ToWorker } from './protocol.ts';

export type Stage = { readonly kind: 'opening' | 'ready' | 'racing' | 'stopping' } | Trouble;
export type Climb = 'matmul' | 'conv2d';

export const sides = [64, 128, 256, 512, 1024, 2048] as const;
export const photos = [
  { batch: 1, size: 32 },
  { batch: 1, size: 64 },
  { batch: 1, size: 128 },
  { batch: 8, size: 64 },
  { batch: 8, size: 128 },
  { batch: 32, size: 128 },
] as const;
/** What a processor does in some seconds. */
const SMALL: LadderSizes = { side: sides[1], photos: photos[0] };

export const stage = signal<Stage>({ kind: 'opening' });
export const where = signal<Circumstances | undefined>(undefined);
export const traits = signal<DeviceTraits | undefined>(undefined);
export const race = signal<Race>({ sizes: STORY, rounds: 5 });
export const rungs = signal<Readonly<Record<Climb, readonly RungFacts[]>>>({ matmul: [], conv2d: [] });
export const seconds = signal<number | undefined>(undefined);
export const ceilings = signal<Ceilings | undefined>(undefined);
/** Times by climb and name of the rung. */
export const times = signal<ReadonlyMap<string, Signal<Row>>>(new Map());
export const ended = signal<'whole' | 'stopped' | undefined>(undefined);
/** The rung that is looked at. */
export const seen = signal<{ readonly climb: Climb; readonly name: string }>({
  ...{ climb: 'matmul', name: '1-naive' },
});

export const isBusy = computed(() => ['racing', 'stopping'].includes(stage.value.kind));
/** What the longest bar of each climb stands for, in 10⁹ operations a second: the fastest rung, or the ceiling where that is not far. */
export const longest: Readonly<Record<Climb, ReadonlySignal<number>>> = {
  matmul: computed(() => longestOf('matmul')),
  conv2d: computed(() => longestOf('conv2d')),
};
const NOT_FAR = 2;

function longestOf(climb: Climb): number {
  const rates = rungs.value[climb].flatMap(({ name }) => {
    const { work, wall } = times.value.get(keyOf(climb, name))?.value ?? {};
    return work && wall ? [gflopsOf(work, median(wall))] : [];
  });
  const fastest = Math.max(0, ...rates);
  const roof = ceilings.value?.gflops ?? 0;
  return roof < NOT_FAR * fastest ? Math.max(roof, fastest) : fastest;
}

export const keyOf = (climb: Climb, name: string): string => `${climb} ${name}`;

let worker: Worker | undefined;
const send = (message: ToWorker) => worker?.postMessage(message);

/** Starts the worker, which opens the device and tries each rung. */
export function open(): void {
  worker = new Worker(new URL('./race-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => batch(() => take(data));
  worker.onerror = ({ message }) => (stage.value = { kind: 'failed', message });
}

function take(message: FromWorker): void {
  switch (message.kind) {
    case 'opened':
      where.value = message.where;
      traits.value = message.traits;
      stage.value = { kind: 'ready' };
      return choose({ sizes: message.traits.software ? SMALL : STORY });
    case 'looked':
      rungs.value = message.rungs;
      seconds.value = message.seconds;
      return;
    case 'ceilings':
      ceilings.value = message.ceilings;
      return;
    case 'sample':
      return show(message.row);
    case 'done':
      stage.value = { kind: 'ready' };
      ended.value = message.isStopped ? 'stopped' : 'whole';
      return send({ kind: 'look', race: race.value }); // by now it is known what the ceilings take
    case 'no-gpu':
      void showOnPaper();
      stage.value = message;
      return;
    case 'failed':
      stage.value = message;
  }
}

/** Without a device the rungs can be read all the same, as those of a usual GPU. */
async function showOnPaper(): Promise<void> {
  const { factsOnPaper, PAPER } = await import('./on-paper.ts');
  batch(() => {
    traits.value = PAPER;
    rungs.value = factsOnPaper();
  });
}

/** Changes the race; times of another are put away. */
export function choose(change: Partial<Race>): void {
  race.value = { ...race.value, ...change };
  if (change.sizes) clear();
  send({ kind: 'look', race: race.value });
}

export function start(): void {
  clear();
  stage.value = { kind: 'racing' };
  send({ kind: 'race', race: race.value });
}

export function stopRacing(): void {
  stage.value = { kind: 'stopping' };
  send({ kind: 'stop' });
}

function clear(): void {
  times.value = new Map();
  ceilings.value = undefined;
  ended.value = undefined;
}

function show(row: Row): void {
  const key = keyOf(row.operation === 'ladder.matmul' ? 'matmul' : 'conv2d', row.variant);
  const known = times.value.get(key);
  if (known) known.value = row;
  else times.value = new Map(times.value).set(key, signal(row));
}
