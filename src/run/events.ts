/** What a run reports while it goes on; a face may show it or not. In the order in which a whole run reports it. */
import type { Dataset } from '../data/index.ts';
import type { NetworkName } from '../networks/index.ts';
import type { HistoryEpoch } from '../report/index.ts';
import type {
  EpochEvent,
  FeatureReport,
  Metrics,
  PhaseEvent,
  StepEvent,
  TrainConfig,
} from '../train/index.ts';
import type { RunOutcome } from './outcome.ts';
import type { Slowness } from './slow.ts';

/** Something that a run did, by its kind: weights fetched, photos read, a step, an epoch, … */
export type RunEvent =
  /** Weights are being downloaded: this many bytes of the total. */
  | { readonly kind: 'downloading'; readonly what: string; readonly bytes: number; readonly total: number }
  /** A network is not on this machine: the weights that come with graft take its place. */
  | { readonly kind: 'shipped-weights'; readonly instead: string }
  /** A weights file was not taken as it is: what was left out of it, and which of its names were read as others, in clauses. */
  | { readonly kind: 'weights'; readonly source: string; readonly notes: readonly string[] }
  /** The adapter was opened. `name` is for people. */
  | { readonly kind: 'device'; readonly name: string }
  /**
   * The device was lost, and there is a new one: `run` goes on from its last checkpoint, or begins anew if it is undefined. What was
   * told since that checkpoint is told again.
   */
  | { readonly kind: 'device-lost'; readonly run: string | undefined; readonly message: string }
  /** The adapter is checked, which takes a second or two, once. */
  | { readonly kind: 'checking'; readonly name: string }
  /** This many photos of the total are decoded. */
  | { readonly kind: 'reading'; readonly done: number; readonly total: number }
  /** All photos are read; `notes` say what was made of their folder where that does not go without saying. */
  | {
      readonly kind: 'photos';
      readonly dir: string;
      readonly data: Dataset;
      readonly notes?: readonly string[] | undefined;
    }
  /** What nobody set was chosen, and why: sentences without a full stop. */
  | { readonly kind: 'chosen'; readonly config: TrainConfig; readonly reasons: readonly string[] }
  /** Its training step, as it was asked to be looked at: a text of many lines. */
  | { readonly kind: 'looked'; readonly text: string }
  /** A run that was begun before goes on with this epoch, some steps of which may be done; or it is over, and nothing is left to do. */
  | {
      readonly kind: 'going-on';
      readonly epoch: number;
      readonly step: number;
      readonly isOver: boolean;
      readonly config: TrainConfig;
      /** The epochs that it was over after, where it has more now. */
      readonly extendedFrom?: number | undefined;
    }
  | { readonly kind: 'compiling'; readonly done: number; readonly total: number }
  | { readonly kind: 'phase'; readonly architecture: string; readonly event: PhaseEvent }
  /** One of `photos` is left over after the last full batch; each epoch leaves one out. */
  | { readonly kind: 'left-out'; readonly photos: number; readonly batchSize: number }
  /** The frozen trunk ran over this many photos of the total. */
  | { readonly kind: 'computing-features'; readonly done: number; readonly total: number }
  | { readonly kind: 'features'; readonly report: FeatureReport; readonly epochs: number }
  /** Training begins, or goes on after the epochs of `history`: the run, its number of epochs, and of photos. */
  | {
      readonly kind: 'training';
      readonly run: string;
      readonly architecture: NetworkName;
      readonly history: readonly HistoryEpoch[];
      readonly epochs: number;
      readonly train: number;
      readonly valid: number;
    }
  | { readonly kind: 'step'; readonly step: StepEvent }
  /** By its first steps the run takes long here. */
  | { readonly kind: 'slow'; readonly slowness: Slowness; readonly tune: string }
  | { readonly kind: 'epoch'; readonly epoch: EpochEvent }
  /** The best model so far is written to the run's folder. */
  | { readonly kind: 'best'; readonly run: string; readonly epoch: number; readonly valid: Metrics }
  /** Training is over, and its report written. */
  | { readonly kind: 'ended'; readonly run: string; readonly outcome: RunOutcome }
  /** The same run from random weights, for comparison, is at this epoch of the total. */
  | { readonly kind: 'comparing'; readonly epoch: number; readonly epochs: number }
  | { readonly kind: 'compared'; readonly results: readonly StartComparison[] }
  /** A model is to be used that knows these classes. `source` is its file for people. */
  | { readonly kind: 'model'; readonly source: string; readonly classes: readonly string[] }
  /** This many photos of the total were evaluated. */
  | { readonly kind: 'judging'; readonly done: number; readonly total: number }
  /** A search for a learning rate is at this step of the total. */
  | { readonly kind: 'searching'; readonly done: number; readonly total: number };

/** What a run started from, its name or null for random weights, and its best validation result. */
export interface StartComparison {
  readonly weights: string | null;
  readonly isShipped: boolean;
  readonly valid: Metrics;
}

/** How a run is watched and stopped. */
export interface RunControls {
  readonly tell: (event: RunEvent) => void;
  /** Ends the run between two steps. */
  readonly signal: AbortSignal;
  /** Asked between two steps of training: a promise holds the run, with a checkpoint made, until it resolves. */
  readonly hold?: (() => Promise<void> | undefined) | undefined;
}
