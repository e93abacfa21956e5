/**
 * Everything that decides a run's weights, one entry per setting: from this table come the type `TrainConfig` and its
 * checks, the options of the command line, what a config file may hold and the table in the README. A new setting is an
 * entry here and the place that uses it. Rates are per optimizer step, sizes in pixels.
 */
import { optimizerNames, scheduleNames } from '../../optim/index.ts';
import { augmentNames } from '../inputs/augment.ts';
import { statistics } from '../loop/freeze.ts';
import { lossNames } from '../loop/loss-kinds.ts';
import type { Setting } from './setting.ts';

type Group = Readonly<Record<string, Setting>>;

const photos = {
  /** The folder of photos; null for the drawings that come with graft. */
  data: {
    kind: 'path',
    nullable: true,
    default: null,
    beforehand: true,
    argument: 'dir',
    label: 'Folder of photos',
    help: 'one folder of photos per class, or train/ and val/ with such folders',
    about: 'the photos; without it, the drawings that come with graft',
  },
  /** A CSV file with the class of each photo; null where folders tell it. */
  labels: {
    kind: 'path',
    nullable: true,
    default: null,
    beforehand: true,
    argument: 'file',
    label: 'Table of classes',
    help: 'CSV file with the class of each photo, for photos in no class folders',
    about: 'a CSV file with a row for each photo, `cat1.jpg,cat`, for photos in no class folders',
  },
  labelsFromNames: {
    kind: 'flag',
    default: false,
    beforehand: true,
    label: 'Classes from names',
    help: 'photos are called after their classes: cat.0.jpg',
    about: 'photos are called after their classes, `cat.0.jpg`, and lie in no class folders',
  },
  /** The share of each class, if the folder has no validation photos of its own. */
  validFraction: {
    kind: 'number',
    range: { above: 0, below: 1 },
    example: '0.2',
    default: 0.2,
    beforehand: true,
    argument: 'share',
    label: 'Validation share',
    help: 'share of each class set aside for validation, if there is no val/',
    about: 'the share of each class set aside for validation, if there is no `val/`',
  },
  /** Height and width that the network sees. */
  size: {
    kind: 'number',
    range: { whole: true, least: 16, most: 1024 },
    default: 224,
    chosen: true,
    beforehand: true,
    argument: 'pixels',
    label: 'Image size',
    help: 'height and width that the network sees',
  },
  /** Photos with so many times as many pixels a side are made smaller while they are decoded; null for none. */
  shrinkFrom: {
    kind: 'number',
    range: { least: 3 },
    nullable: true,
    default: 4,
    beforehand: true,
    argument: 'times',
    label: 'Shrink from',
    help: 'JPEGs so many times larger than needed are shrunk by sharp while they load, or none',
  },
  augment: {
    kind: 'choice',
    choices: augmentNames,
    default: 'none',
    chosen: true,
    beforehand: true,
    argument: 'how',
    label: 'Augmentation',
    help: 'how training photos are varied',
    about:
      '`none`; `standard` crops, flips and recolours each photo anew; `strong` also zooms and rotates; `seed` is as in the recipe',
  },
  /**
   * If the trunk is fixed, how many views of each image its features are computed for: the plain one, then augmented
   * ones. 0 runs the trunk again in every epoch.
   */
  views: {
    kind: 'number',
    range: { whole: true, least: 0, most: 1000 },
    default: 1,
    chosen: true,
    beforehand: true,
    argument: 'n',
    label: 'Views',
    help: 'views of each photo that a frozen trunk computes once',
    about: 'how many views of each photo a frozen trunk computes, once; all but the first are augmented',
  },
} as const satisfies Group;

const network = {
  /** The pretrained weights' file or catalogue name. */
  weights: {
    kind: 'path',
    default: 'resnet18',
    beforehand: true,
    argument: 'file',
    label: 'Pretrained weights',
    help: 'to start from: a file, a run, or the name of a known network, such as resnet50',
    about:
      'a `.pth` or safetensors file, a run, or the name of a known network, such as `resnet18` or `resnet50`',
  },
  /** What is trained, as `freeze` takes it. */
  tune: {
    kind: 'text',
    default: 'head',
    chosen: true,
    argument: 'parts',
    label: 'Trained parts',
    help: 'auto, head, layer4, all, or names: layer3,layer4.1',
    about: '`auto`, `head`, `layer4` (and the head), `all`, or names such as `layer3,layer4.1`',
  },
  /** Whether the head is trained alone first. */
  gradual: {
    kind: 'flag',
    default: false,
    label: 'Head first',
    help: 'train the head alone first, then all parts',
    about: 'train the head alone first, then all of these parts',
  },
  /** What frozen batch norm normalises by. */
  bn: {
    kind: 'choice',
    choices: statistics,
    default: 'running',
    chosen: true,
    argument: 'statistics',
    label: 'Batch norm',
    help: 'what frozen batch norm normalises by',
    about:
      "frozen batch norm uses the pretrained statistics (`running`) or those of the `batch`, as in PyTorch's `model.train()`",
  },
  loss: {
    kind: 'choice',
    choices: lossNames,
    default: 'cross-entropy',
    chosen: true,
    argument: 'name',
    label: 'Loss',
    help: 'bce uses one logit for two classes',
    about: '`cross-entropy`, or `bce`: one logit for two classes',
  },
} as const satisfies Group;

const optimisation = {
  recipe: {
    kind: 'choice',
    choices: ['default', 'seed'],
    default: 'default',
    beforehand: true,
    argument: 'name',
    label: 'Recipe',
    help: 'seed: the settings of a classic program',
    about:
      '`seed`: the classic program that graft grew from, [line by line](docs/book/16-the-first-program.md)',
  },
  epochs: {
    kind: 'number',
    range: { whole: true, least: 1 },
    default: 40,
    chosen: true,
    argument: 'n',
    label: 'Epochs',
    help: 'how often every photo is shown',
  },
  /** Images that go through the network together. */
  batchSize: {
    kind: 'number',
    range: { whole: true, least: 1, most: 65536 },
    default: 64,
    chosen: true,
    argument: 'n',
    label: 'Batch size',
    help: 'photos that go through the network together',
    about: 'photos that go through the network together; fewer take less memory',
  },
  /** Batches whose gradients add up to one optimizer step. */
  accumulate: {
    kind: 'number',
    range: { whole: true, least: 1, most: 65536 },
    default: 1,
    argument: 'n',
    label: 'Batches per step',
    help: 'batches that make one step',
  },
  optimizer: {
    kind: 'choice',
    choices: optimizerNames,
    default: 'adam',
    chosen: true,
    argument: 'name',
    label: 'Optimizer',
    help: 'what turns gradients into steps',
    about: optimizerNames.map((name) => `\`${name}\``).join(', '),
  },
  /** SGD's; Adam has its own. */
  momentum: {
    kind: 'number',
    range: { least: 0, below: 1 },
    default: 0.9,
    argument: 'share',
    label: 'Momentum',
    help: 'momentum of sgd',
    about: 'momentum of `sgd`',
  },
  /** The schedule's base rate, or its peak: that of the head. */
  lr: {
    kind: 'number',
    range: { above: 0 },
    example: '0.001 or 1e-3',
    default: 1e-2,
    chosen: true,
    argument: 'rate',
    label: 'Learning rate',
    help: 'highest learning rate of the head',
    about: 'highest learning rate of the head',
  },
  /** Every stage nearer the input learns at this times the rate of the one after it. */
  layerDecay: {
    kind: 'number',
    range: { above: 0, most: 1 },
    default: 1,
    chosen: true,
    argument: 'factor',
    label: 'Layer decay',
    help: 'each stage learns at this times the rate of the next',
    about: 'each stage learns at this times the rate of the next one towards the head; up to 1',
  },
  schedule: {
    kind: 'choice',
    choices: scheduleNames,
    default: 'one-cycle',
    chosen: true,
    argument: 'name',
    label: 'Schedule',
    help: 'how the learning rate changes',
    about: scheduleNames.map((name) => `\`${name}\``).join(', '),
  },
  warmupEpochs: {
    kind: 'number',
    range: { least: 0 },
    default: 0,
    argument: 'n',
    label: 'Warm-up epochs',
    help: 'epochs in which the rate rises from 0',
  },
  /** Not on batch norm and biases. */
  weightDecay: {
    kind: 'number',
    range: { least: 0 },
    default: 0.05,
    chosen: true,
    argument: 'rate',
    label: 'Weight decay',
    help: 'weight decay, except on biases and batch norm',
  },
  /** The gradients' largest L2 norm; null for no limit. */
  clipGrad: {
    kind: 'number',
    range: { above: 0 },
    example: '0.001 or 1e-3',
    nullable: true,
    default: null,
    chosen: true,
    argument: 'norm',
    label: 'Longest gradient',
    help: 'largest norm of the gradients, or none',
    about: 'gradients with a larger norm are scaled down to this',
  },
  labelSmoothing: {
    kind: 'number',
    range: { least: 0, below: 1 },
    default: 0,
    chosen: true,
    argument: 'share',
    label: 'Label smoothing',
    help: 'share of each label that is spread over all classes',
    about: 'the share of each label that is spread over all classes',
  },
  /** `balanced` weighs every image by total / (classes · images of its class), so that all classes count alike. */
  classWeights: {
    kind: 'choice',
    choices: ['none', 'balanced'],
    default: 'none',
    chosen: true,
    argument: 'how',
    label: 'Class weights',
    help: 'balanced: rare classes count more',
    about: '`balanced`: photos of rare classes count more',
  },
  /** Epochs without a better model after which a phase ends; null for never. */
  patience: {
    kind: 'number',
    range: { whole: true, least: 1 },
    nullable: true,
    default: null,
    argument: 'epochs',
    label: 'Patience',
    help: 'epochs without a better model before training ends, or none',
    about: 'ends the run after this many epochs without a better model',
  },
  seed: {
    kind: 'number',
    range: { whole: true, least: 0 },
    default: 42,
    argument: 'n',
    label: 'Seed',
    help: 'decides split, order, head and augmentation',
  },
} as const satisfies Group;

/** The settings as people look for them. */
export const settingGroups = { Photos: photos, Network: network, Optimisation: optimisation };

export const settingTable = { ...photos, ...network, ...optimisation };
