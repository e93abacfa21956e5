// The options of `graft train`, in groups as people look for them. All that decides a run's weights may be left out:
// what is not given is chosen by the photos (see chooseStrategy), so these options have no defaults of their own.
import { Option, type Command } from 'commander';
import type { ScheduleName } from '../../optim/index.ts';
import {
  augmentations,
  classWeightings,
  losses,
  optimizers,
  recipes,
  statistics,
  type TrainConfig,
} from '../../train/index.ts';
import {
  fraction,
  fractionOrOne,
  NONE,
  notNegative,
  orNone,
  positiveNumber,
  share,
  wholeNumber,
} from '../options.ts';

/** What a config may leave open. */
export type GivenConfig = { -readonly [Name in keyof TrainConfig]?: TrainConfig[Name] };

/** Options that do not touch the weights: where a run goes, how much memory it takes, what it shows. */
export interface RunOptions {
  readonly name?: string;
  readonly resume?: string;
  readonly output?: string;
  readonly cache: number;
  readonly checkpointInterval: number;
  readonly showBatch?: string;
  readonly tensorboard?: true;
}

export type TrainOptions = GivenConfig & RunOptions;

const schedules = ['constant', 'step', 'cosine', 'one-cycle'] as const satisfies readonly ScheduleName[];

const choice = (flags: string, description: string, choices: readonly string[]) =>
  new Option(flags, description).choices(choices);

/** The names of the options that decide a run's weights; the rest are `RunOptions`. */
export const configNames = [
  ...[
    'data',
    'weights',
    'recipe',
    'tune',
    'gradual',
    'epochs',
    'batchSize',
    'accumulate',
    'size',
    'loss',
    'bn',
  ],
  ...['optimizer', 'momentum', 'lr', 'layerDecay', 'schedule', 'warmupEpochs', 'weightDecay', 'clipGrad'],
  ...['labelSmoothing', 'classWeights', 'patience', 'augment', 'views', 'seed', 'validFraction'],
] as readonly (keyof TrainConfig)[];

/** What of a run's config the user has decided. */
export function givenConfig(options: GivenConfig): Partial<TrainConfig> {
  const values: Readonly<Record<string, unknown>> = { ...options };
  const entries = configNames.map((name) => [name, values[name] === NONE ? null : values[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Adds the options that `train` and `lr-find` share: data, network, and how it learns. */
export function addConfigOptions(command: Command): Command {
  command
    .optionsGroup('Photos:')
    .option('--data <dir>', 'a folder of photos a class, or train/ and val/ of such')
    .option('--valid-fraction <share>', 'set aside of each class where there is no val/', fraction)
    .option('--size <pixels>', 'height and width that the network sees', wholeNumber(16, 1024))
    .addOption(choice('--augment <how>', 'how training photos are varied', augmentations))
    .option('--views <n>', 'looks at each photo that a frozen trunk computes once', wholeNumber(0, 1000))
    .optionsGroup('Network:')
    .option('--weights <file>', 'to start from: a file, or a name that weights list shows')
    .option('--tune <parts>', 'auto, head, layer4, all, or names: layer3,layer4.1')
    .option('--gradual', 'first the head alone, then all of --tune')
    .addOption(choice('--bn <statistics>', 'what frozen batch norm normalises by', statistics))
    .addOption(choice('--loss <name>', 'bce is one logit for two classes', losses))
    .optionsGroup('Optimisation:')
    .addOption(choice('--recipe <name>', 'seed: the settings of a classic program', recipes))
    .option('--epochs <n>', 'how often every photo is shown', wholeNumber(1))
    .option('--batch-size <n>', 'photos that go through together', wholeNumber(1, 65536))
    .option('--accumulate <n>', 'batches that make one step', wholeNumber(1, 65536))
    .addOption(choice('--optimizer <name>', 'what turns gradients into steps', optimizers))
    .option('--momentum <share>', 'of sgd', share)
    .option('--lr <rate>', 'learning rate of the head at its highest', positiveNumber)
    .option('--layer-decay <factor>', 'rate of each stage below the next one, up to 1', fractionOrOne)
    .addOption(choice('--schedule <name>', 'how the rate goes on', schedules))
    .option('--warmup-epochs <n>', 'in which the rate rises from 0', notNegative)
    .option('--weight-decay <rate>', 'not on biases and batch norm', notNegative)
    .option('--clip-grad <norm>', 'the longest gradient, or none', orNone(positiveNumber))
    .option('--label-smoothing <share>', 'of each label that goes to all classes', share)
    .addOption(choice('--class-weights <how>', 'balanced: rare classes count more', classWeightings))
    .option('--patience <epochs>', 'without a better model before it ends, or none', orNone(wholeNumber(1)))
    .option('--seed <n>', 'decides split, order, head and augmentation (default: 42)', wholeNumber(0));
  return command;
}

/** Adds the options of a run's folder, memory and files. */
export function addRunOptions(command: Command): Command {
  return command
    .optionsGroup('Run:')
    .option('--name <name>', 'the run’s folder is runs/NAME (default: train, train2, …)')
    .option('--resume <run>', 'go on with a run that was stopped, such as runs/NAME')
    .option('--output <file>', 'write the best model here as well')
    .option('--show-batch <file>', 'write a PNG of photos as the network sees them')
    .option('--tensorboard', 'write event files to the run’s folder')
    .option('--cache <MiB>', 'GPU memory that photos may take', wholeNumber(0), 1024)
    .option('--checkpoint-interval <s>', 'seconds between checkpoints', notNegative, 30);
}
