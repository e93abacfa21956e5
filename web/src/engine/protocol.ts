/**
 * What a page and its engine say to each other. The engine works in a dedicated worker, the page only shows: everything that
 * crosses is plain data, which the browser copies.
 */
import type { HistoryEpoch } from '../../../src/report/index.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import type { RunProblem } from '../../../src/run/errors.ts';
import type { RunOutcome } from '../../../src/run/outcome.ts';
import type { TrainConfig } from '../../../src/train/index.ts';

/** A photo as it was picked: where it stands, such as `cats/1.jpg`, and its bytes. */
export interface PickedPhoto {
  readonly path: string;
  readonly file: Blob;
}

/** What of a run a page shows again after a reload. */
export interface StoredRun {
  readonly name: string;
  /** One row per epoch. */
  readonly history: readonly HistoryEpoch[];
  readonly hasModel: boolean;
  /** Whether it was stopped before its last epoch. */
  readonly canGoOn: boolean;
}

/** All classes with their photos' paths, as they are kept. */
export interface PhotoSet {
  readonly classes: readonly { readonly name: string; readonly photos: readonly string[] }[];
  /** Files that were left out, with the reason. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

/** What a page may ask; each resolves to its result or rejects with an `EngineError`. */
export interface EngineCalls {
  /** The adapter for people. Rejects where there is none. */
  adapter(): { readonly name: string };
  /** Keeps photos, in classes by their folders, beside those that are there. */
  addPhotos(photos: readonly PickedPhoto[]): PhotoSet;
  photos(): PhotoSet;
  removeClass(name: string): PhotoSet;
  renameClass(name: string, to: string): PhotoSet;
  /** The bytes of a photo. */
  photo(path: string): Blob;
  /** Trains anew, or goes on with a run that was stopped. */
  train(given: Partial<TrainConfig>, resume?: string): TrainAnswer;
  stop(): void;
  run(): StoredRun | undefined;
  /** What the run's best model sees on photos. */
  predict(photos: readonly PickedPhoto[]): readonly PredictAnswer[];
  /** One of the run's files, to take away. */
  take(what: 'safetensors' | 'onnx' | 'report'): { readonly name: string; readonly file: Blob };
}

export interface TrainAnswer {
  readonly trained: boolean;
  readonly stopped: boolean;
}

export interface PredictAnswer {
  readonly path: string;
  readonly ranked: readonly { readonly class: string; readonly probability: number }[];
  readonly reason?: string | undefined;
}

export type CallName = keyof EngineCalls;

export interface Request {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}

/** What went wrong, as data: a page says what to do by its problem. */
export interface Failure {
  readonly message: string;
  /** Of a `RunError`. */
  readonly problem?: RunProblem | undefined;
  /** Of a `WebGpuError`. */
  readonly webGpu?: string | undefined;
}

export type FromEngine =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure }
  /** What a run tells while it goes on. */
  | { readonly event: PageEvent };

/** Events of a run without what cannot be copied or is too large to show: pixels of all photos and functions. */
export type PageEvent =
  | Exclude<RunEvent, { readonly kind: 'photos' | 'features' | 'ended' }>
  | { readonly kind: 'photos'; readonly train: number; readonly valid: number; readonly skipped: number }
  | { readonly kind: 'features'; readonly text: string }
  | { readonly kind: 'ended'; readonly run: string; readonly outcome: RunOutcome };
