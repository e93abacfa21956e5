/** What a page and its lab say to each other: questions with answers, and on the way what the lab is at. */
import type { Ceilings } from '../../../../src/bench/roofline.ts';
import type { DeviceTraits } from '../../../../src/gpu/index.ts';
import type { WebGpuProblem } from '../../../../src/platform/web/adapter.ts';
import type { Verdict } from '../../../../src/run/exercises/examine.ts';
import type { Timed } from '../../../../src/run/exercises/times.ts';
import type { RaceOptions, Times } from '../../../../src/run/lab/times.ts';
import type { Edits, Judgement, Stage, Trial } from '../../../../src/run/lab/judgement.ts';

/** One of those that are timed in turns: an operation, with other texts for some of its kernels. */
export interface Entrant {
  readonly trial: Trial;
  readonly edits?: Edits;
}

export interface OpenedLab {
  readonly adapter: string;
  readonly traits: DeviceTraits;
}

/** What a lab can be asked. */
export interface LabCalls {
  /** Whether an operation computes right, with these texts in place of its own; traces of those, and of the kernels of `look`. */
  judge(trial: Trial, edits: Edits, look: readonly string[]): Promise<Judgement>;
  /** How long calls take, in turns. All of them have been judged before. */
  race(entrants: readonly Entrant[], options?: RaceOptions): Promise<readonly Times[]>;
  /** How far a text gets with an exercise. */
  check(exercise: string, text: string): Promise<Verdict>;
  /** How long a text takes that was checked and is right, beside the exercise's start. */
  timeExercise(exercise: string, text: string): Promise<Timed | undefined>;
  /** How fast the adapter is at the best; takes some seconds. */
  ceilings(): Promise<Ceilings>;
}

export type LabCall = keyof LabCalls;

export interface LabRequest {
  readonly id: number;
  readonly name: LabCall;
  readonly args: readonly unknown[];
}

/** Why there is no answer, as far as the lab itself can tell. */
export type LabFailure =
  | { readonly kind: 'no-gpu'; readonly problem: WebGpuProblem; readonly message: string }
  | { readonly kind: 'device-lost'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export type FromLab =
  | { readonly opened: OpenedLab }
  /** There will be no answers. */
  | { readonly closed: LabFailure }
  | { readonly id: number; readonly stage: Stage }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: LabFailure };
