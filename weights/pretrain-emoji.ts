// `npm run pretrain:emoji`: makes weights/resnet18-emoji.safetensors, the network that the default run starts
// from where there is no other: a ResNet-18 trained from random weights, with this engine, on emoji of all
// kinds but animals, food and flags. The log of its epochs stands beside the weights, so that anyone can see
// and repeat how they came about.
import { rm } from 'node:fs/promises';
import { loadImages, subcategories, WHITE, type Dataset } from '../src/data/index.ts';
import { resnet18 } from '../src/networks/index.ts';
import { nodeDecodePool } from '../src/platform/node/decode-pool.ts';
import { openEmojiSet } from '../src/platform/node/emoji.ts';
import { nodeFiles, writeAtomic } from '../src/platform/node/files.ts';
import { createRandom } from '../src/random.ts';
import {
  decodeTrainingState,
  encodeCheckpoint,
  encodeTrainingState,
  fineTune,
  imageInputs,
  transformsFor,
  type EpochEvent,
  type ModelCard,
  type TrainingState,
  type TrainSettings,
} from '../src/train/index.ts';
import { createScript, exitCodes, runAndExit } from '../src/cli/command.ts';
import { openGpu } from '../src/cli/device.ts';
import { count, lossText } from '../src/format.ts';
import { aligned } from '../src/cli/terminal/format.ts';
import { stopSignal } from '../src/cli/terminal/interrupt.ts';
import { positiveNumber, wholeNumber } from '../src/cli/options.ts';
import { graftVersion } from '../src/platform/node/package.ts';
import { readWeightsFile } from '../src/run/model/weights-file.ts';

interface PretrainOptions {
  readonly epochs: number;
  readonly lr: number;
  readonly seed: number;
  readonly output: string;
}

const SIZE = 64;
/** The share of the pictures that only judges. */
const VALID_FRACTION = 0.05;
const AUGMENT = 'strong';
/** Keeps the weights' random stream apart from those of split, order and augmentation. */
const WEIGHTS_STREAM = 0x1417;
/** What a stopped run needs to go on. */
const CHECKPOINT = 'runs/pretrain.safetensors';
/** How often that is written: it is three times as large as the network. */
const CHECKPOINT_SECONDS = 120;

const settingsFor = ({ epochs, lr, seed }: PretrainOptions): TrainSettings => ({
  ...{ tune: 'all', gradual: false, bn: 'running', loss: 'cross-entropy', classWeights: 'none' },
  ...{ epochs, batchSize: 64, accumulate: 1, seed, patience: null, labelSmoothing: 0.1 },
  ...{ optimizer: 'adamw', lr, schedule: 'one-cycle', warmupEpochs: 0, layerDecay: 1 },
  ...{ weightDecay: 0.02, momentum: 0.9, clipGrad: null },
});

const program = createScript('pretrain:emoji', 'Train the weights of the default run anew, on emoji.')
  .option('--epochs <n>', 'how often every picture is shown', wholeNumber(1), 16)
  .option('--lr <rate>', 'highest learning rate of the one-cycle schedule', positiveNumber, 2e-3)
  .option('--seed <n>', 'decides weights, split, order and augmentation', wholeNumber(0), 42)
  .option('--output <file>', 'the weights; the log goes beside them', 'weights/resnet18-emoji.safetensors')
  .addHelpText('after', '\nA run that was stopped goes on where it was when it is started again.')
  .action((options: PretrainOptions) => runAndExit(() => pretrain(options)));

async function pretrain(options: PretrainOptions): Promise<number> {
  const { seed, output } = options;
  const { signal } = stopSignal();
  const settings = settingsFor(options);

  const resume = await readCheckpoint(CHECKPOINT);
  const { gpu, name } = await openGpu();
  const data = await loadPictures(options);
  const model = resnet18(gpu, data.classes.length);
  model.initialise(createRandom(seed, WEIGHTS_STREAM));
  const inputs = {
    train: imageInputs(model, data.train, { size: SIZE, augment: AUGMENT, seed }),
    valid: imageInputs(model, data.valid, { size: SIZE, augment: 'none', seed }),
  };

  const head = describe(data, settings, name);
  console.log(head.join('\n'));
  const epochs: EpochEvent[] = [...(resume?.progress.history ?? [])];
  const result = await fineTune(model, inputs, settings, {
    resume,
    signal,
    checkpointSeconds: CHECKPOINT_SECONDS,
    onEpoch(epoch) {
      epochs.push(epoch);
      console.log(lineOf(epoch));
    },
    onCheckpoint: (state) => writeAtomic(CHECKPOINT, encodeTrainingState(state, cardOf(data))),
  });
  if (result.stopped) return exitCodes.interrupted;

  const { train, valid } = epochs.at(-1) ?? {};
  const notes = {
    made_by: 'npm run pretrain:emoji, which trains this from random weights; see resnet18-emoji.log',
    train_accuracy: String(train?.accuracy),
    val_accuracy: String(valid?.accuracy),
    pictures:
      'Noto Emoji by Google (Apache-2.0) and Twemoji by Twitter (CC-BY-4.0), from emoji-datasource 16.0.0',
  };
  const state = await model.stateDict();
  await writeAtomic(output, encodeCheckpoint(state, cardOf(data), { dtype: 'f16', notes }));
  await writeAtomic(
    output.replace(/(\.safetensors)?$/, '.log'),
    new TextEncoder().encode([...head, ...epochs.map(lineOf), ''].join('\n')),
  );
  await rm(CHECKPOINT, { force: true });
  return exitCodes.done;
}

async function readCheckpoint(path: string): Promise<TrainingState | undefined> {
  if ((await nodeFiles.kind(path)) === 'missing') return undefined;
  const file = await readWeightsFile(nodeFiles, path);
  return decodeTrainingState(file, file.source);
}

/** The pictures of both sets, on white. */
async function loadPictures({ seed }: PretrainOptions): Promise<Dataset> {
  const folder = subcategories([await openEmojiSet('google'), await openEmojiSet('twitter')]);
  const { train, valid } = transformsFor(SIZE, AUGMENT);
  const pool = nodeDecodePool();
  try {
    return await loadImages(pool, folder, {
      dir: 'the emoji sets',
      transform: { ...train, background: WHITE },
      validTransform: { ...valid, background: WHITE },
      validFraction: VALID_FRACTION,
      seed,
    });
  } finally {
    await pool.close();
  }
}

/** With its head and the names of the kinds, the file is also a model that predicts. */
const cardOf = ({ classes }: Dataset): ModelCard => ({
  architecture: 'resnet18',
  classes,
  transform: { ...transformsFor(SIZE, 'none').valid, background: WHITE },
  loss: 'cross-entropy',
  graft: graftVersion(),
});

function describe(
  { classes, train, valid }: Dataset,
  { epochs, batchSize, lr, weightDecay, labelSmoothing, seed }: TrainSettings,
  device: string,
): string[] {
  return [
    `ResNet-18 from random weights on ${count(train.count)} emoji of ${classes.length} kinds at ${SIZE} pixels; ${valid.count} more judge it`,
    `${epochs} epochs at a batch of ${batchSize}, augmentation ${AUGMENT}, label smoothing ${labelSmoothing}, seed ${seed}`,
    `AdamW with a weight decay of ${weightDecay}, one cycle to a rate of ${lr}`,
    `graft ${graftVersion()} on ${device}`,
  ];
}

function lineOf({ epoch, train, valid, learningRate, trainSeconds, validSeconds }: EpochEvent): string {
  const result = ({ loss, accuracy }: EpochEvent['train']) => `${lossText(loss)} ${aligned(accuracy)}`;
  const seconds = (trainSeconds + validSeconds).toFixed(0);
  return `epoch ${String(epoch).padStart(2)}  train ${result(train)}  val ${result(valid)}  rate ${learningRate.toExponential(2)}  ${seconds.padStart(4)} s`;
}

await program.parseAsync();
