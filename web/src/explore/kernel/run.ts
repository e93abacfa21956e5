/** A run: what is asked of the lab when the button is pressed, and what came of it. Nothing is run at any other time. */
import { signal } from '@preact/signals';
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import type { Work } from '../../../../src/run/lab/operation.ts';
import type { Times } from '../../../../src/run/lab/times.ts';
import type { Edits, Judgement, Stage, Trial } from '../../../../src/run/lab/judgement.ts';
import { Lab, type Answer, type Limits } from '../lab/lab.ts';
import { bench, edits, kernel, trial } from './state.ts';

/** What was run, so that a result is never shown for another text. */
export interface Ran {
  readonly trial: Trial;
  readonly edits: Edits;
  readonly work: Work;
}

type Failure = Exclude<Answer<never>, { readonly kind: 'answer' }>;

export type Outcome =
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  | { readonly kind: 'no-answer'; readonly failure: Failure };

export interface Result {
  readonly ran: Ran;
  readonly outcome: Outcome;
  /** The original's, then the edit's where there is one; undefined until they are measured, or why they are not. */
  readonly times?: readonly Times[] | Failure | undefined;
}

export const result = signal<Result | undefined>(undefined);
/** What the lab is at. */
export const stage = signal<'opening' | Stage | undefined>(undefined);
export const isRunning = signal(false);
/** What the adapter reaches at the best: measured once. */
export const ceilings = signal<Ceilings | undefined>(undefined);

/** Milliseconds that a run and a device may take, where the address asks for fewer than usual: `?limit=2000`. */
const asked = Number(new URLSearchParams(location.search).get('limit'));
const limits: Partial<Limits> = asked > 0 && asked < 10_000 ? { running: asked, opening: asked } : {};

export const lab = new Lab(limits, (now) => (stage.value = now));

/** Runs what is shown: once to judge it, then in turns with the original. */
export async function run(): Promise<void> {
  if (isRunning.value || !('bench' in bench.value)) return;
  const { operation, algorithm } = bench.value.bench;
  const asked = { ...trial.value, algorithm };
  const ran: Ran = { trial: asked, edits: edits.value, work: operation.work(asked.sizes) };
  const look = kernel.value ? [kernel.value.name] : [];
  isRunning.value = true;
  result.value = undefined;
  try {
    const judged = await lab.ask('judge', asked, ran.edits, look);
    if (judged.kind !== 'answer') {
      result.value = { ran, outcome: { kind: 'no-answer', failure: judged } };
      return;
    }
    const outcome: Outcome = { kind: 'judged', judgement: judged.value };
    result.value = { ran, outcome };
    if (judged.value.kind !== 'right' && judged.value.kind !== 'wrong') return;
    if (!ceilings.value) {
      const measured = await lab.ask('ceilings');
      if (measured.kind === 'answer') ceilings.value = measured.value;
    }
    const entrants = [{ trial: asked }, ...(isEmpty(ran.edits) ? [] : [{ trial: asked, edits: ran.edits }])];
    const timed = await lab.ask('race', entrants);
    result.value = { ran, outcome, times: timed.kind === 'answer' ? timed.value : timed };
  } finally {
    isRunning.value = false;
  }
}

/** Gives up what is under way. */
export const stop = (): void => lab.close();

export const isEmpty = (some: Edits): boolean => Object.keys(some).length === 0;

/** Whether what is shown is what was run. */
export const isCurrent = ({ ran }: Result): boolean =>
  'bench' in bench.value &&
  JSON.stringify([ran.trial, ran.edits]) ===
    JSON.stringify([{ ...trial.value, algorithm: bench.value.bench.algorithm }, edits.value]);
