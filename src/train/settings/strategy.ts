/**
 * Fills in what nobody set. How much of a network to train is a question of how much data there is: a head has a
 * thousand numbers and learns from hundreds of photos, the last stage has eight million and wants thousands, the whole
 * network tens of thousands. From that follow size, rates and epochs. What was chosen comes with the reason, in words.
 */
import { defaultNetwork, networks } from '../../networks/index.ts';
import { headOf, lastStageOf, type Stages } from '../../nn/index.ts';
import { settingDefaults, type TrainConfig } from './config.ts';

/** The training photos. */
export interface DataFacts {
  readonly images: number;
  readonly classes: number;
  /** Images of each class. */
  readonly counts: readonly number[];
  /** The photos' typical shorter side in pixels, where it is known. */
  readonly side?: number | undefined;
  /** The size in pixels that the network learned at, where its file says so: a fixed trunk knows things as large as it saw them. */
  readonly learnedSize?: number | undefined;
}

export interface Strategy {
  readonly config: TrainConfig;
  /** Sentences without a full stop, the most important first. */
  readonly reasons: readonly string[];
}

/** Fewer training photos than this train the head alone. */
const FEW = 1000;
/** As many train the whole network. */
const MANY = 10_000;
/** If the largest class has this many times the photos of the smallest, classes are weighted. */
const UNBALANCED = 1.5;
/** Photos whose shorter side has as many pixels are shown so large to a head's trunk; smaller ones would only be blown up. */
const LARGE = 256;

type Scope = 'head' | 'stages' | 'all';

/** What depends on how much of the network is trained; docs/decisions.md has the measurements. */
const byScope: Readonly<Record<Scope, Partial<TrainConfig>>> = {
  head: {},
  stages: {
    epochs: 6,
    size: 160,
    batchSize: 32,
    optimizer: 'adamw',
    lr: 1e-3,
    layerDecay: 0.2,
    weightDecay: 0.01,
    labelSmoothing: 0.1,
    augment: 'standard',
  },
  all: {
    epochs: 6,
    size: 160,
    batchSize: 32,
    optimizer: 'adamw',
    lr: 1e-3,
    layerDecay: 0.5,
    weightDecay: 0.02,
    labelSmoothing: 0.1,
    clipGrad: 1,
    augment: 'strong',
  },
};

/**
 * The small PyTorch program that many begin with: one logit for two classes, the last stage tuned at a constant rate.
 */
const seedRecipe: Partial<TrainConfig> = {
  epochs: 15,
  batchSize: 64,
  size: 128,
  loss: 'bce',
  bn: 'batch',
  optimizer: 'adam',
  lr: 1e-3,
  schedule: 'constant',
  weightDecay: 0,
  labelSmoothing: 0,
  augment: 'seed',
};

/**
 * The whole configuration: what `given` sets stays, `auto` counts as not set, and the rest is chosen from `facts`,
 * which describe the training photos, in the words of a network with these stages; before it is known those of the default
 * one do, since nothing but `tune` speaks of stages. Pure.
 */
export function chooseStrategy(
  given: Partial<TrainConfig>,
  facts: DataFacts,
  stages: Stages = networks[defaultNetwork].stages,
): Strategy {
  const { tune, ...set } = withoutUndefined(given);
  const asked = tune === 'auto' ? undefined : tune;
  if (set.recipe === 'seed') return seedStrategy({ ...set, tune: asked ?? lastStageOf(stages).name }, facts);
  const chosen = asked ?? tuneFor(facts, set, stages);
  const scope = scopeOf(chosen, stages);
  const config: TrainConfig = {
    ...settingDefaults,
    ...byScope[scope],
    ...(scope === 'head' ? headSize(facts) : {}),
    ...unbalanced(facts),
    ...headViews(scope, set),
    ...set,
    tune: chosen,
  };
  return { config, reasons: reasonsFor(config, scope, asked === undefined, set, facts) };
}

const isLarge = ({ side = 0 }: DataFacts): boolean => side >= LARGE;

function headSize(facts: DataFacts): Partial<TrainConfig> {
  const size = facts.learnedSize ?? (isLarge(facts) ? LARGE : undefined);
  return size === undefined ? {} : { size };
}

function seedStrategy(set: Partial<TrainConfig>, { classes }: DataFacts): Strategy {
  const loss = classes === 2 ? 'bce' : 'cross-entropy';
  const config: TrainConfig = { ...settingDefaults, ...seedRecipe, loss, ...set };
  const several = `, with cross-entropy, since there are ${classes} classes and a single logit separates only two`;
  return {
    config,
    reasons: [
      `recipe seed: Adam at a constant ${rate(config.lr)}, batches of ${config.batchSize}, batch norm by the batch's own statistics${classes === 2 ? '' : several}`,
      'recipe seed: an answer is judged by its probability; the program that the recipe follows compares the raw logit with 0.5',
    ],
  };
}

/** As much of the network as the photos can teach; `gradual` wants more than the head. */
function tuneFor({ images }: DataFacts, { gradual = false }: Partial<TrainConfig>, stages: Stages): string {
  if (images < FEW && !gradual) return headOf(stages).name;
  return images < MANY ? lastStageOf(stages).name : 'all';
}

function scopeOf(tune: string, stages: Stages): Scope {
  const parts = tune.split(',').map((part) => part.trim());
  const head = headOf(stages);
  if (parts.every((part) => part === head.name || head.modules.includes(part))) return 'head';
  return parts.includes('all') ? 'all' : 'stages';
}

function unbalanced({ counts }: DataFacts): Partial<TrainConfig> {
  return Math.max(...counts) > UNBALANCED * Math.min(...counts) ? { classWeights: 'balanced' } : {};
}

/** Augmentation that was asked for reaches a head through several views of each photo. */
function headViews(scope: Scope, { augment = 'none' }: Partial<TrainConfig>): Partial<TrainConfig> {
  return scope === 'head' && augment !== 'none' ? { views: 4 } : {};
}

/** Why that much is trained. */
const why: Readonly<Record<Scope, string>> = {
  head: 'so few photos would make the trunk overfit; a head on features that are computed once learns within seconds',
  stages:
    'enough photos to adapt the last stage, not enough for the layers before it, whose features are general',
  all: 'enough photos to adapt every layer, at a rate that decays',
};
const WHY_GRADUAL =
  'for so few the head alone would be trained, but gradual trains at least the last stage after it';

function reasonsFor(
  config: TrainConfig,
  scope: Scope,
  chose: boolean,
  set: Partial<TrainConfig>,
  facts: DataFacts,
): string[] {
  const { images, counts } = facts;
  const reasons: string[] = [];
  const isForGradual = config.gradual && images < FEW;
  if (chose)
    reasons.push(
      `tune ${config.tune} for ${images} training photos: ${isForGradual ? WHY_GRADUAL : why[scope]}`,
    );
  if (set.size === undefined && scope === 'head') reasons.push(...whySize(config, facts));
  if (set.lr === undefined)
    reasons.push(`learning rate ${rate(config.lr)}, ${config.schedule}: ${whyRate(config, scope)}`);
  if (set.layerDecay === undefined && config.layerDecay < 1)
    reasons.push(
      `each stage learns at ${config.layerDecay} times the rate of the next one towards the head: stages near the input are more general`,
    );
  if (set.classWeights === undefined && config.classWeights === 'balanced')
    reasons.push(
      `class weights balanced: the classes have between ${Math.min(...counts)} and ${Math.max(...counts)} photos`,
    );
  if (scope === 'head' && config.augment !== 'none' && config.views > 1)
    reasons.push(
      `${config.views} views of each photo: the trunk runs once for each view, and the epochs use them in turn`,
    );
  if (scope === 'head' && config.augment !== 'none' && config.views === 1)
    reasons.push(`augment ${config.augment} has no effect with a single view, which is the plain photo`);
  return reasons;
}

function whySize({ size }: TrainConfig, facts: DataFacts): string[] {
  const { side, learnedSize } = facts;
  if (learnedSize !== undefined) return [`${size} px, as the network learned at that size`];
  if (side === undefined) return [];
  return [`${size} px, as the photos' shorter side has ${isLarge(facts) ? side : `only ${side}`} pixels`];
}

const whyRate = ({ optimizer }: TrainConfig, scope: Scope): string =>
  scope === 'head'
    ? 'a head alone is a convex problem, which tolerates a high rate; weight decay keeps it simple'
    : `that of the fresh head; ${optimizer} moves pretrained layers more gently`;

const rate = (value: number): string => (value >= 1e-3 ? String(value) : value.toExponential());

/** Options that a command line did not give may stand as undefined. */
function withoutUndefined(given: Partial<TrainConfig>): Partial<TrainConfig> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
