/**
 * What of a run the program is told: its config resolved to parts, phases and numbers, so that no choice is left to Python. Whatever
 * the program cannot do is refused here, by the name of the setting.
 */
import { IMAGENET_MEAN, IMAGENET_STD } from '../../data/index.ts';
import type { NetworkName } from '../../networks/index.ts';
import { Dropout } from '../../nn/dropout.ts';
import { BatchNorm2d, headOf, type Network } from '../../nn/index.ts';
import {
  augmentations,
  balancedWeights,
  outputsFor,
  planPhases,
  trainedParts,
  transformsFor,
  type ModelCard,
  type TrainConfig,
} from '../../train/index.ts';
import { encodeCard } from '../../train/files/checkpoint.ts';
import { RunError } from '../errors.ts';
import type { Fields } from './literal.ts';

/**
 * What the program does about each setting: `any` value of those that it is given as they are or that are settled before it starts
 * (which photos, which weights, which seed), the listed ones of those that it has code for. A new setting, or a new optimizer,
 * stays refused until it stands here.
 */
const supported = {
  ...{ data: 'any', labels: 'any', labelsFromNames: 'any', validFraction: 'any', shrinkFrom: 'any' },
  ...{ size: 'any', views: 'any', weights: 'any', recipe: 'any', seed: 'any' },
  augment: ['none', 'seed', 'standard', 'strong'],
  ...{ tune: 'any', gradual: 'any' },
  bn: ['running', 'batch'],
  loss: ['cross-entropy', 'bce'],
  ...{ epochs: 'any', batchSize: 'any', accumulate: 'any' },
  optimizer: ['adam', 'adamw', 'sgd'],
  ...{ momentum: 'any', lr: 'any', layerDecay: 'any' },
  schedule: ['constant', 'step', 'cosine', 'one-cycle'],
  ...{ warmupEpochs: 'any', weightDecay: 'any', clipGrad: 'any', labelSmoothing: 'any' },
  classWeights: ['none', 'balanced'],
  patience: 'any',
} as const satisfies Record<keyof TrainConfig, 'any' | readonly string[]>;

/** Families of networks that torchvision has under the same names. */
const TORCHVISION = /^(resnet\d|wide_resnet\d|mobilenet_v3_)/;

/** Throws `RunError` for the first setting that the program has no code for. */
export function checkSupported(config: TrainConfig, architecture: NetworkName): void {
  const refuse = (setting: string, value: unknown, known: readonly string[]) =>
    new RunError(
      `A PyTorch program of this run cannot be written: it does not know ${setting} ${String(value)}, only ${known.join(', ')}.`,
      { kind: 'not-portable', setting },
    );
  for (const [name, known] of Object.entries<'any' | readonly string[]>(supported)) {
    const value = config[name as keyof TrainConfig];
    if (known !== 'any' && !known.includes(String(value))) throw refuse(name, value, known);
  }
  if (!TORCHVISION.test(architecture))
    throw refuse('network', architecture, ["torchvision's ResNets and MobileNets"]);
}

export interface RecipeSource {
  readonly config: TrainConfig;
  readonly card: ModelCard;
  /** With the weights that the run begins with. */
  readonly model: Network;
  /** Of the training photos. */
  readonly labels: ArrayLike<number>;
}

/** The program's `CONFIG`, but for what depends on files. Throws `TrainingError` as `planPhases` does. */
export function recipeOf({ config, card, model, labels }: RecipeSource): Fields {
  const { size, augment, classWeights, loss } = config;
  const { classes } = card;
  const { train, valid } = transformsFor(size, augment);
  const { stages } = model;
  return {
    ...{ architecture: card.architecture, outputs: outputsFor({ classes, loss }), classes },
    head: headOf(stages).modules[0] ?? '',
    norm_layer: normOf(model),
    dropouts: dropoutsOf(model),
    stages: stages.map(({ modules }) => modules),
    phases: planPhases(config, stages).map(({ tune, epochs, learningRate }) => ({
      trains: trainedParts(model, tune),
      epochs,
      learning_rate: learningRate,
    })),
    batch_norm: config.bn,
    ...{ loss, label_smoothing: config.labelSmoothing },
    class_weights: classWeights === 'balanced' ? balancedWeights(labels, classes.length) : null,
    ...{ batch_size: config.batchSize, accumulate: config.accumulate },
    ...{ optimizer: config.optimizer, momentum: config.momentum, weight_decay: config.weightDecay },
    ...{ layer_decay: config.layerDecay, schedule: config.schedule, warmup_epochs: config.warmupEpochs },
    ...{ clip_grad: config.clipGrad, patience: config.patience, seed: config.seed },
    ...{ size, sides: { train: sideOf(train), valid: sideOf(valid) } },
    ...{ augment: augmentations[augment], views: config.views },
    ...{ mean: IMAGENET_MEAN, std: IMAGENET_STD },
    background: card.transform.background ?? null,
    card: encodeCard(card),
  };
}

/** What torchvision's batch norm is to be made with: all of a network's are alike. */
function normOf(model: Network): Fields {
  const { eps, momentum } = model.modules().find((one) => one instanceof BatchNorm2d) ?? {};
  return eps === undefined || momentum === undefined ? {} : { eps, momentum };
}

/** The layers of dropout in torchvision's order, and what of the key of each one's draws is its own. */
function dropoutsOf(model: Network): Fields[] {
  model.drawFrom([]);
  const dropouts = model.modules().filter((one) => one instanceof Dropout);
  return dropouts.map(({ p, seed, key }) => ({ p, seed, path: key }));
}

/** Of the square that photos are resized to. */
const sideOf = (transform: ReturnType<typeof transformsFor>['train']): number =>
  transform.kind === 'resize' ? transform.width : transform.crop;
