/**
 * What can be wrong with a run, as a message and its facts. The message says what is wrong and reads the same everywhere;
 * which flag, button or command fixes it is for a face to say, by `problem`.
 */
import type { DecoderName } from '../data/index.ts';
import type { SettingDifference } from '../train/index.ts';
import type { WrongElement } from './doctor/operations/check.ts';

/** What is wrong with a run, by its kind and with its facts: for programs that answer in their own words. */
export type RunProblem =
  /** There is nothing in the run's place, or something that is not a run. */
  | { readonly kind: 'no-run'; readonly run: string }
  | { readonly kind: 'not-a-folder'; readonly run: string }
  /** A new run would take the place of an existing one. */
  | { readonly kind: 'taken'; readonly run: string }
  /** Another process, tab or machine is writing it; `lock` is what to delete if that has ended and left it behind. */
  | { readonly kind: 'busy'; readonly run: string; readonly lock?: string | undefined }
  /** Not a valid name for a run. */
  | { readonly kind: 'bad-name'; readonly name: string }
  /** Something could not be written; `canGoOn` if the run has an earlier checkpoint. */
  | {
      readonly kind: 'cannot-write';
      readonly run: string;
      readonly isFull: boolean;
      readonly canGoOn: boolean;
    }
  /** A file that the user named for what is made cannot be, or has no room. */
  | { readonly kind: 'bad-output'; readonly path: string }
  | { readonly kind: 'no-room'; readonly path: string }
  /** The run's place was removed while it was written. */
  | { readonly kind: 'gone'; readonly run: string }
  /** A file that the run needs to continue is missing or damaged. */
  | { readonly kind: 'damaged'; readonly run: string }
  /** What says how sure the run's model may be is damaged; it can be done without. */
  | { readonly kind: 'bad-calibration'; readonly run: string }
  /** The run was stopped before its first checkpoint; if it left nothing else, a new run may have its name. */
  | { readonly kind: 'never-began'; readonly run: string; readonly isNameFree: boolean }
  /** The photos were read by a `decoder` that is not here, and those that are here read them otherwise. */
  | { readonly kind: 'other-decoder'; readonly run: string; readonly decoder: DecoderName }
  /** The photos are not those that the run was started with. */
  | { readonly kind: 'other-photos'; readonly run: string }
  /** `differences` between what was asked for and what the run is. */
  | {
      readonly kind: 'other-settings';
      readonly run: string;
      readonly differences: readonly SettingDifference[];
    }
  /** It was asked for more epochs, which a run can have that is over, and was not gradual. */
  | { readonly kind: 'not-extended'; readonly run: string; readonly isGradual: boolean }
  /** The settings that were written down are not those that the checkpoint was trained with. */
  | {
      readonly kind: 'edited-settings';
      readonly run: string;
      readonly differences: readonly SettingDifference[];
    }
  /** These are not the weights that the run began with. */
  | { readonly kind: 'other-weights'; readonly run: string }
  /** A loss for two classes is used with more. */
  | { readonly kind: 'two-classes-only'; readonly classes: number }
  /** Batch norm would take its statistics from single photos; `isFrozen` where frozen batch norm was asked to. */
  | { readonly kind: 'batch-of-one'; readonly isFrozen: boolean }
  /** Neither a run nor a model's file. */
  | { readonly kind: 'no-model'; readonly path: string; readonly isRun: boolean }
  /** No model was named, and there is no run that ended; `runs` did not. */
  | { readonly kind: 'no-runs'; readonly runs: readonly string[] }
  /** A run's model that was never trained. */
  | { readonly kind: 'untrained'; readonly run: string }
  /** A network without names for its outputs. */
  | { readonly kind: 'nameless-classes'; readonly source: string }
  /** Classes of photos that a model does not know. */
  | { readonly kind: 'unknown-classes'; readonly known: readonly string[] }
  /** A weights file cannot be read. */
  | { readonly kind: 'no-file'; readonly path: string }
  /** The weights of a known network are not on this machine and cannot be fetched. */
  | { readonly kind: 'no-weights'; readonly name: string; readonly shipped: string }
  /** No photos, or none that can be read. */
  | { readonly kind: 'no-photos'; readonly path: string }
  | { readonly kind: 'not-divided'; readonly path: string }
  /** A program of the run would have to do what it has no code for. */
  | { readonly kind: 'not-portable'; readonly setting: string }
  /** The adapter has no 16-bit floats. */
  | { readonly kind: 'no-half' }
  /** The adapter computes an operation wrongly; `wrong` is the first element that was found. */
  | { readonly kind: 'computes-wrong'; readonly adapter: string; readonly wrong: WrongElement }
  /** The device was lost or ran out of memory, and the run has a checkpoint. */
  | { readonly kind: 'device'; readonly run: string };

/** The problem of one kind, with its facts. */
export type ProblemOf<Kind extends RunProblem['kind']> = Extract<RunProblem, { readonly kind: Kind }>;

/**
 * Something is wrong with a run, its photos or its files. The message says what; `problem` has the facts.
 *
 * ```ts
 * const error = new RunError('There is no run in runs/cats.', { kind: 'no-run', run: 'runs/cats' });
 * error.problem.kind; // → 'no-run'
 * ```
 */
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
