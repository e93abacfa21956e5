/** The step at work: taken by a worker on this browser's adapter when it is asked for, and after each change from then on. */
import { computed, signal } from '@preact/signals';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import { median } from '../../../../src/median.ts';
import type { MeasuredStep } from '../../../../src/train/rehearse/step-measure.ts';
import type { TrainConfig } from '../../../../src/train/settings/config.ts';
import type { Choice } from './choice.ts';
import { choice, CLASSES, configOf, isLoading, step } from './state.ts';

export interface ToStepWorker {
  readonly choice: Choice;
  readonly config: TrainConfig;
  readonly classes: number;
  /** Where the site begins. */
  readonly site: string;
}

export type FromStepWorker =
  | { readonly kind: 'doing'; readonly what: string }
  | {
      readonly kind: 'measured';
      readonly step: MeasuredStep;
      /** Whether the network is the one that comes with the site; else its weights are random. */
      readonly pretrained: boolean;
      /** What the adapter can do at best. */
      readonly ceilings: Ceilings;
      /** The smallest step of the adapter's timestamps, in milliseconds; undefined where it has none. */
      readonly clock: number | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** How far it is; undefined before it was asked for. Of another choice once that changes. */
export const measuring = signal<FromStepWorker | undefined>(undefined);
const measuredChoice = signal<Choice | undefined>(undefined);
/** Whether every change is measured. */
export const follows = signal(false);

type Measured = Extract<FromStepWorker, { kind: 'measured' }>;

/** What was measured of the step that is shown. */
export const measured = computed<Measured | undefined>(() =>
  measuring.value?.kind === 'measured' && measuredChoice.value === choice.value ? measuring.value : undefined,
);

/** Whether what was measured is of a step that is no longer shown. */
export const isOutdated = computed(() => measuring.value?.kind === 'measured' && !measured.value);

/** Milliseconds of a whole step, the median over rounds. */
export const stepMilliseconds = computed(() => millisecondsOf(choice.value));

function millisecondsOf(one: Choice): number | undefined {
  const { value } = measuring;
  return value?.kind === 'measured' && measuredChoice.value === one ? median(value.step.wall) : undefined;
}

/** The same of the step before the last change, where that was measured. */
export const millisecondsBefore = signal<number | undefined>(undefined);

/** GPU milliseconds of each operation of the record; undefined where they were not measured. */
export const operationTimes = computed<readonly number[] | undefined>(() => {
  const times = measured.value?.step.dispatches;
  if (!times || 'problem' in step.value) return undefined;
  const { dispatches, operations } = step.value.record;
  // The record is made on paper, with this adapter's traits and limits: where it is another step, no time is told by it.
  if (!dispatches.every(({ kernel }, i) => kernel.name === times[i]?.kernel)) return undefined;
  const sums = operations.map(() => 0);
  dispatches.forEach(({ operation }, i) => {
    sums[operation] = (sums[operation] ?? 0) + (times[i]?.milliseconds ?? 0);
  });
  return sums;
});

let worker: Worker | undefined;
/** Whether a step is to be taken as soon as its network's code is here. */
let isDue = false;

/** Takes the step that is shown. */
export function measure(): void {
  if (measuring.value?.kind === 'doing') stop();
  isDue = isLoading.value;
  if ('problem' in step.value) return;
  if (!worker) {
    worker = new Worker(new URL('./step-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<FromStepWorker>) => {
      // A device that was lost stays lost: the next try opens another one.
      if (data.kind === 'failed') stop();
      measuring.value = data;
      if (previous) millisecondsBefore.value = millisecondsOf(previous) ?? millisecondsBefore.peek();
    };
    worker.onerror = ({ message }) => {
      stop();
      measuring.value = { kind: 'failed', message: `The worker has failed: ${message}. Try again.` };
    };
  }
  measuredChoice.value = choice.value;
  measuring.value = { kind: 'doing', what: 'Opening the adapter' };
  const site = new URL('../../', location.href).href;
  const message: ToStepWorker = {
    choice: choice.value,
    config: configOf(choice.value),
    classes: CLASSES,
    site,
  };
  worker.postMessage(message);
}

/** Ends what is under way, wherever it is. */
export function stop(): void {
  worker?.terminate();
  worker = undefined;
  isDue = false;
  measuring.value = undefined;
}

// A choice may be changed in a row of clicks: the last of them is measured.
const CALM_MS = 400;
let timer: ReturnType<typeof setTimeout> | undefined;
let last = choice.peek();
/** The choice before the last change, whose step may still be under way. */
let previous: Choice | undefined;
choice.subscribe((now) => {
  if (now !== last) {
    previous = last;
    millisecondsBefore.value = millisecondsOf(last);
  }
  last = now;
  clearTimeout(timer);
  if (follows.peek()) timer = setTimeout(measure, CALM_MS);
});
step.subscribe(() => {
  if (isDue && !isLoading.peek()) measure();
});
