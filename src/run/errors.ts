/**
 * What can be wrong with a run, as a message and its facts. The message says what is wrong and reads the same everywhere;
 * which flag, button or command fixes it is for a face to say, by `problem`.
 */
import type { SettingDifference } from '../train/index.ts';

export type RunProblem =
  /** Nothing is at the place of the run, or something that is no run. */
  | { readonly kind: 'no-run'; readonly run: string }
  | { readonly kind: 'not-a-folder'; readonly run: string }
  /** A new run was to have the place of one that is there. */
  | { readonly kind: 'taken'; readonly run: string }
  /** Another process, tab or machine writes it; `lock` is what to delete where that has ended and left it. */
  | { readonly kind: 'busy'; readonly run: string; readonly lock?: string | undefined }
  /** No name for a run. */
  | { readonly kind: 'bad-name'; readonly name: string }
  /** Something could not be written; `canGoOn` where the run has a checkpoint from before. */
  | {
      readonly kind: 'cannot-write';
      readonly run: string;
      readonly isFull: boolean;
      readonly canGoOn: boolean;
    }
  /** The run's place was removed while it was written. */
  | { readonly kind: 'gone'; readonly run: string }
  /** A file of the run is missing or damaged, without which it cannot go on. */
  | { readonly kind: 'damaged'; readonly run: string }
  /** The run was stopped before its first checkpoint; where it left nothing else, a new run may have its name. */
  | { readonly kind: 'never-began'; readonly run: string; readonly isNameFree: boolean }
  /** The photos are not those that the run was started with. */
  | { readonly kind: 'other-photos'; readonly run: string }
  /** `differences` between what was asked for and what the run is. */
  | {
      readonly kind: 'other-settings';
      readonly run: string;
      readonly differences: readonly SettingDifference[];
    }
  /** The settings that were written down are not those that the checkpoint was trained with. */
  | {
      readonly kind: 'edited-settings';
      readonly run: string;
      readonly differences: readonly SettingDifference[];
    }
  /** A loss for two classes meets more. */
  | { readonly kind: 'two-classes-only'; readonly classes: number }
  /** Neither a run nor a model's file. */
  | { readonly kind: 'no-model'; readonly path: string; readonly isRun: boolean }
  /** A model that was never trained, of a run. */
  | { readonly kind: 'untrained'; readonly run: string }
  /** A network without names for its outputs. */
  | { readonly kind: 'nameless-classes'; readonly source: string }
  /** Classes of photos that a model does not know. */
  | { readonly kind: 'unknown-classes'; readonly known: readonly string[] }
  /** A weights file cannot be read. */
  | { readonly kind: 'no-file'; readonly path: string }
  /** The weights of a known network are not here and cannot be fetched. */
  | { readonly kind: 'no-weights'; readonly name: string; readonly shipped: string }
  /** No photos, or none that can be read. */
  | { readonly kind: 'no-photos'; readonly path: string }
  | { readonly kind: 'not-divided'; readonly path: string }
  /** The adapter has no 16-bit floats. */
  | { readonly kind: 'no-half' }
  /** The device was lost or ran out of memory, and the run has a checkpoint. */
  | { readonly kind: 'device'; readonly run: string };

/** The problem of one kind, with its facts. */
export type ProblemOf<Kind extends RunProblem['kind']> = Extract<RunProblem, { readonly kind: Kind }>;

export class RunError extends Error {
  override readonly name = 'RunError';

  constructor(
    message: string,
    readonly problem: RunProblem,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
