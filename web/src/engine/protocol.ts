/**
 * What a page and its engine say to each other. The engine works in a dedicated worker, the page only shows: everything that
 * crosses is plain data, which the browser copies. What may be asked stands in calls/, an interface per subject.
 */
import type { RunProblem } from '../../../src/run/errors.ts';
import type { CarryCalls } from './calls/carry.ts';
import type { ChoiceCalls } from './calls/choices.ts';
import type { LiveCalls } from './calls/live.ts';
import type { ModelCalls } from './calls/models.ts';
import type { NetworkCalls } from './calls/networks.ts';
import type { PhotoCalls, PhotosEvent } from './calls/photos.ts';
import type { OpenedProject, ProjectCalls } from './calls/projects.ts';
import type { PlanCalls } from './calls/plans.ts';
import type { ResultCalls } from './calls/results.ts';
import type { PageEvent, RunCalls } from './calls/runs.ts';
import type { UseItCalls } from './calls/use-it.ts';
import type { ProjectProblem } from './project-error.ts';

/** What a page may ask; each call resolves to its result or rejects with an `EngineError`. */
export interface EngineCalls
  extends
    ProjectCalls,
    PhotoCalls,
    RunCalls,
    ModelCalls,
    PlanCalls,
    ChoiceCalls,
    NetworkCalls,
    ResultCalls,
    LiveCalls,
    UseItCalls,
    CarryCalls {}

/** What the engine tells by itself. */
export type EngineEvent =
  | PageEvent
  | PhotosEvent
  /** Whoever wrote the project that was only to be looked at is gone: it was opened anew. */
  | { readonly kind: 'project'; readonly project: OpenedProject }
  /** Something that is taken away or brought in is this far. */
  | { readonly kind: 'carrying'; readonly done: number; readonly total: number };

/** Functions of the same arguments that take their time. */
export type Answering<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never;
};

export interface Request {
  readonly id: number;
  readonly name: keyof EngineCalls;
  readonly args: readonly unknown[];
}

/** What went wrong, as data: a page says what to do by its problem. */
export interface Failure {
  readonly message: string;
  /** Of a `RunError`. */
  readonly problem?: RunProblem | undefined;
  /** Of a `WebGpuError`. */
  readonly webGpu?: string | undefined;
  /** Of a `ProjectError`. */
  readonly project?: ProjectProblem | undefined;
  /** There is no more room to store anything. */
  readonly isFull?: boolean | undefined;
}

export type FromEngine =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly event: EngineEvent };
