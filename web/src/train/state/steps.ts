/** The steps of the run under way, as many as a curve can show. */
import { signal } from '@preact/signals';
import type { StepEvent } from '../../../../src/train/index.ts';

export interface ShownStep {
  /** Where it stands among the epochs: 1 is the end of the first. */
  readonly at: number;
  /** The mean over the steps that it stands for. */
  readonly loss: number;
  readonly learningRate: number;
}

/** More than a curve has pixels for. */
const MOST = 600;

export const steps = signal<readonly ShownStep[]>([]);
/** How many steps each of them stands for; it doubles when there are too many. */
let each = 1;
let recent: number[] = [];

export function forgetSteps(): void {
  steps.value = [];
  each = 1;
  recent = [];
}

/** Adds a step. One that comes again, as after a lost device, takes the place of what was shown since. */
export function addStep({ epoch, step, steps: all, loss, learningRate }: StepEvent): void {
  recent.push(loss);
  if (recent.length < each) return;
  const mean = recent.reduce((sum, one) => sum + one, 0) / recent.length;
  recent = [];
  const at = epoch - 1 + step / all;
  const last = steps.value.at(-1)?.at ?? 0;
  const before = last < at ? steps.value : steps.value.filter((one) => one.at < at);
  steps.value = [...before, { at, loss: mean, learningRate }];
  if (steps.value.length <= MOST) return;
  each *= 2;
  steps.value = steps.value.flatMap((one, i, all) => {
    const next = all[i + 1];
    return i % 2 === 1 ? [] : [next ? { ...next, loss: (one.loss + next.loss) / 2 } : one];
  });
}
