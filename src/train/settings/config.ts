/**
 * All that decides a run's weights, as one plain object: `config.json` in a run's folder holds it, command-line options
 * and config files set it, and a resumed run must find it unchanged. What nobody set is chosen by strategy.ts.
 */
import type { ScheduleName } from '../../optim/index.ts';
import type { AugmentName } from '../inputs/augment.ts';
import { TrainingError } from '../errors.ts';
import type { Statistics } from '../loop/freeze.ts';
import type { LossName } from '../loop/metrics.ts';

export const recipes = ['default', 'seed'] as const;
export type RecipeName = (typeof recipes)[number];

export const optimizers = ['adam', 'adamw', 'sgd'] as const;
export type OptimizerName = (typeof optimizers)[number];

/** `balanced` weighs every image by total / (classes · images of its class), so that all classes count alike. */
export const classWeightings = ['none', 'balanced'] as const;
export type ClassWeighting = (typeof classWeightings)[number];

/** JSON-able. Rates are per optimizer step, sizes in pixels. */
export interface TrainConfig {
  /** The folder of photos; null for the embedded default. */
  readonly data: string | null;
  /** The pretrained weights' file or catalogue name. */
  readonly weights: string;
  readonly recipe: RecipeName;
  /** What is trained, as `freeze` takes it. */
  readonly tune: string;
  /** Whether the head is trained alone first. */
  readonly gradual: boolean;
  readonly epochs: number;
  /** Images that go through the network together. */
  readonly batchSize: number;
  /** Batches whose gradients add up to one optimizer step. */
  readonly accumulate: number;
  /** Height and width that the network sees. */
  readonly size: number;
  readonly loss: LossName;
  /** What frozen batch norm normalises by. */
  readonly bn: Statistics;
  readonly optimizer: OptimizerName;
  /** SGD's; Adam has its own. */
  readonly momentum: number;
  /** The schedule's base rate, or its peak: that of the head. */
  readonly lr: number;
  /** Every stage nearer the input learns at this times the rate of the one after it. */
  readonly layerDecay: number;
  readonly schedule: ScheduleName;
  readonly warmupEpochs: number;
  /** Not on batch norm and biases. */
  readonly weightDecay: number;
  /** The gradients' largest L2 norm; null for no limit. */
  readonly clipGrad: number | null;
  readonly labelSmoothing: number;
  readonly classWeights: ClassWeighting;
  /** Epochs without a better model after which a phase ends; null for never. */
  readonly patience: number | null;
  readonly augment: AugmentName;
  /**
   * Where the trunk is fixed, how many looks at each image its features are computed for: the plain one, then augmented
   * ones. 0 runs the trunk anew in every epoch.
   */
  readonly views: number;
  readonly seed: number;
  /** Of each class, where the folder has no validation photos of its own. */
  readonly validFraction: number;
}

/** What `fineTune` goes by. */
export type TrainSettings = Omit<
  TrainConfig,
  'data' | 'weights' | 'recipe' | 'size' | 'augment' | 'views' | 'validFraction'
>;

const isWhole = (least: number) => (value: number) => Number.isSafeInteger(value) && value >= least;
const isPositive = (value: number) => value > 0 && value < Infinity;
const isShare = (value: number) => value >= 0 && value < 1;

/** What each number must be, in words and as a test. */
const ranges: readonly (readonly [keyof TrainSettings, string, (value: number) => boolean])[] = [
  ['epochs', 'a whole number of at least 1', isWhole(1)],
  ['batchSize', 'a whole number of at least 1', isWhole(1)],
  ['accumulate', 'a whole number of at least 1', isWhole(1)],
  ['momentum', 'at least 0 and less than 1', isShare],
  ['lr', 'a number greater than 0', isPositive],
  ['layerDecay', 'greater than 0 and at most 1', (value) => value > 0 && value <= 1],
  ['warmupEpochs', 'a number of at least 0', (value) => value >= 0 && value < Infinity],
  ['weightDecay', 'a number of at least 0', (value) => value >= 0 && value < Infinity],
  ['clipGrad', 'a number greater than 0, or null', isPositive],
  ['labelSmoothing', 'at least 0 and less than 1', isShare],
  ['patience', 'a whole number of at least 1, or null', isWhole(1)],
  ['seed', 'a whole number of at least 0', isWhole(0)],
];

/** Throws `TrainingError` naming the first number that is out of range, and what it should be. */
export function checkSettings(settings: TrainSettings): void {
  for (const [name, what, isValid] of ranges) {
    const value = settings[name];
    if (value === null) continue;
    if (typeof value !== 'number' || !isValid(value))
      throw new TrainingError(`${name} is ${String(value)}; it must be ${what}.`);
  }
}
