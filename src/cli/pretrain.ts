// `npm run pretrain`: makes weights/resnet18-emoji.safetensors, the network that the default run starts from where there
// is no other: a ResNet-18 trained from random weights, with this engine, on emoji of all kinds but animals, food and
// flags. Its epoch log stands beside the weights, so that anyone can see and repeat how they came about.
import { backward } from '../autograd/index.ts';
import { batches, loadImages, subcategories, WHITE, type ImageSet } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { resnet18, type ResNet } from '../nn/index.ts';
import { Adam } from '../optim/index.ts';
import { createDecodePool } from '../platform/decode-pool.ts';
import { openEmojiSet } from '../platform/emoji.ts';
import { writeAtomic } from '../platform/files.ts';
import { createRandom } from '../random.ts';
import { lossOf, readMetrics } from '../train/batch.ts';
import { labelsAt } from '../train/evaluate.ts';
import { encodeCheckpoint, imageInputs, transformsFor, type Inputs, type Metrics } from '../train/index.ts';
import { combine, type BatchMetrics } from '../train/metrics.ts';
import { oneAhead } from '../train/one-ahead.ts';
import { createScript, exitCodes, runAndExit } from './command.ts';
import { openGpu } from './device.ts';
import { lossText, percent } from './format.ts';
import { positiveNumber, wholeNumber } from './options.ts';
import { graftVersion } from './version.ts';

interface PretrainOptions {
  readonly epochs: number;
  readonly lr: number;
  readonly seed: number;
  readonly output: string;
}

const SIZE = 64;
const BATCH = 64;
const WEIGHT_DECAY = 0.01;
/** Keeps the weights' random stream apart from those of order and augmentation. */
const WEIGHTS_STREAM = 0x1417;
const PICTURES_LICENCE =
  'Pictures: Noto Emoji (Google, Apache-2.0) and Twemoji (Twitter, CC-BY-4.0), by way of emoji-datasource 16.0.0 (MIT)';

const program = createScript('pretrain', 'Train the weights of the default run anew, on emoji.')
  .option('--epochs <n>', 'how often every picture is shown', wholeNumber(1), 16)
  .option('--lr <rate>', 'highest learning rate of the one-cycle schedule', positiveNumber, 2e-3)
  .option('--seed <n>', 'decides weights, order and augmentation', wholeNumber(0), 42)
  .option('--output <file>', 'the weights; the log goes beside them', 'weights/resnet18-emoji.safetensors')
  .action((options: PretrainOptions) => runAndExit(() => pretrain(options)));

async function pretrain(options: PretrainOptions): Promise<number> {
  const { epochs, lr, seed, output } = options;
  const log = openLog(output.replace(/\.safetensors$/, '.log'));
  const { gpu, name } = await openGpu();
  const { classes, set } = await loadPictures();
  const model = resnet18(gpu, classes.length);
  model.initialise(createRandom(seed, WEIGHTS_STREAM));
  await log(`ResNet-18 from random weights, ${set.count} emoji of ${classes.length} kinds at ${SIZE} pixels`);
  await log(`${epochs} epochs, batch ${BATCH}, AdamW, one cycle to ${lr}, seed ${seed}; ${name}`);

  const inputs = imageInputs(model, set, { size: SIZE, augment: 'standard', seed });
  const optimizer = new Adam(model.parameters(), { weightDecay: WEIGHT_DECAY, decoupled: true });
  const totalSteps = epochs * Math.floor(set.count / BATCH);
  const rateAt = (step: number) => lr * oneCycle(step / (totalSteps - 1));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const start = performance.now();
    const { loss, accuracy } = await trainEpoch(model, optimizer, inputs, { epoch, seed, rateAt });
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    await log(
      `epoch ${String(epoch).padStart(2)}/${epochs}  loss ${lossText(loss)}  accuracy ${percent(accuracy)}  ` +
        `rate ${optimizer.learningRate.toExponential(2)}  ${seconds} s`,
    );
    const card = {
      architecture: 'resnet18',
      classes,
      transform: { ...transformsFor(SIZE, 'none').valid, background: WHITE },
      loss: 'cross-entropy',
      graft: graftVersion(),
    } as const;
    const notes = {
      made_by: `npm run pretrain -- --epochs ${epochs} --lr ${lr} --seed ${seed}`,
      epoch: String(epoch),
      train_accuracy: accuracy.toFixed(4),
      licence: PICTURES_LICENCE,
    };
    await writeAtomic(output, encodeCheckpoint(await model.stateDict(), card, { dtype: 'f16', notes }));
  }
  return exitCodes.done;
}

/** All pictures of both sets, on white. */
async function loadPictures(): Promise<{ classes: readonly string[]; set: ImageSet }> {
  const folder = subcategories([await openEmojiSet('google'), await openEmojiSet('twitter')]);
  const pool = createDecodePool();
  const transform = { ...transformsFor(SIZE, 'standard').train, background: WHITE };
  const data = await loadImages(
    pool,
    { ...folder, valid: folder.train.slice(0, 1) },
    { dir: 'emoji', transform },
  );
  await pool.close();
  return { classes: data.classes, set: data.train };
}

async function trainEpoch(
  model: ResNet,
  optimizer: Adam,
  inputs: Inputs,
  { epoch, seed, rateAt }: { epoch: number; seed: number; rateAt: (step: number) => number },
): Promise<Metrics> {
  const gpu: Gpu = model.gpu;
  const order = [...batches(inputs.count, BATCH, { seed, epoch, dropLast: true })];
  let step = (epoch - 1) * order.length;
  const run = (indices: Uint32Array) =>
    gpu.scope(() => {
      optimizer.learningRate = rateAt(step++);
      optimizer.zeroGrad();
      const loss = lossOf(inputs.logits(indices, epoch), labelsAt(inputs, indices), 'cross-entropy');
      backward(loss.loss);
      optimizer.step();
      return readMetrics(gpu, loss, indices.length);
    });
  const done: BatchMetrics[] = [];
  for await (const metrics of oneAhead(order, run)) done.push(metrics);
  return combine(done);
}

/**
 * The share of the highest rate at `progress`, 0 … 1, through the run: up from a 25th in the first 30 %, down to nearly
 * nothing, both along a cosine (Smith and Topin 2018, as torch's OneCycleLR).
 */
function oneCycle(progress: number): number {
  const between = (from: number, to: number, share: number) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
  const peak = 0.3;
  return progress < peak
    ? between(1 / 25, 1, progress / peak)
    : between(1, 1 / 25 / 1e4, (progress - peak) / (1 - peak));
}

/** Gives a function that prints a line and keeps the log's file up to date. */
function openLog(path: string): (line: string) => Promise<void> {
  const lines: string[] = [];
  return async (line) => {
    console.log(line);
    lines.push(`${line}\n`);
    await writeAtomic(path, new TextEncoder().encode(lines.join('')));
  };
}

await program.parseAsync();
