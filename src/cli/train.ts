// `npm run train`: grafts a new head onto a pretrained network and trains it on a folder of photos.
import { Option } from 'commander';
import { colours as pc } from './colours.ts';
import { loadDataset, scanImageFolder, type Dataset } from '../data/index.ts';
import { createDecodePool } from '../platform/decode-pool.ts';
import { nodeFiles } from '../platform/files.ts';
import {
  augmentations,
  encodeCheckpoint,
  chooseStrategy,
  fineTune,
  freeze,
  graftModel,
  InputSource,
  losses,
  outputsFor,
  planEpoch,
  statistics,
  transformsFor,
  type AugmentName,
  type BestModel,
  type FineTuneResult,
  type LossName,
  type ModelCard,
  type Statistics,
  type TrainConfig,
} from '../train/index.ts';
import type { ResNet } from '../nn/index.ts';
import { createCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { openGpu } from './device.ts';
import { count, duration, heading, lossText, percent, printable, shellWord } from './format.ts';
import { interruptSignal } from './interrupt.ts';
import { fraction, notNegative, positiveNumber, wholeNumber } from './options.ts';
import { checkOutput, writeModel } from './output-file.ts';
import { compileDisplay, CountDisplay, TrainingDisplay } from './progress.ts';
import { printData } from './data-report.ts';
import { graftVersion } from './version.ts';
import { readWeightsFile } from './weights-file.ts';

interface TrainOptions {
  readonly data: string;
  readonly weights?: string;
  readonly tune: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly weightDecay: number;
  readonly size: number;
  readonly augment: AugmentName;
  readonly bn: Statistics;
  readonly loss: LossName;
  readonly validFraction: number;
  readonly seed: number;
  readonly output: string;
}

const program = createCommand('train', 'Train a pretrained network on your own photos.')
  .requiredOption('--data <dir>', 'folder with a folder of photos a class, or with train/ and val/ of such')
  .option('--weights <file>', 'pretrained ResNet-18 or ResNet-34: torchvision .pth or safetensors')
  .option('--tune <parts>', 'what to train: head, layer4, all, or names such as layer3,layer4.1', 'head')
  .option('--epochs <n>', 'how often every photo is shown', wholeNumber(1), 5)
  .option('--batch-size <n>', 'photos a step', wholeNumber(1, 65536), 64)
  .option('--lr <rate>', 'learning rate of Adam', positiveNumber, 1e-3)
  .option('--weight-decay <rate>', 'L2 penalty on the trained weights', notNegative, 0)
  .option('--size <pixels>', 'height and width that the network sees', wholeNumber(16, 1024), 128)
  .addOption(
    new Option('--augment <how>', 'standard varies crop, flip, brightness and contrast')
      .choices(augmentations)
      .default('standard'),
  )
  .addOption(
    new Option('--bn <statistics>', "frozen batch norm: as pretrained, or the batch's own")
      .choices(statistics)
      .default('running'),
  )
  .addOption(
    new Option('--loss <name>', 'bce takes a single logit and two classes')
      .choices(losses)
      .default('cross-entropy'),
  )
  .option('--valid-fraction <share>', 'set aside where there is no val/', fraction, 0.2)
  .option('--seed <n>', 'decides split, order, head and augmentation', wholeNumber(0), 42)
  .option('--output <file>', 'the best model so far', 'runs/model.safetensors')
  .addHelpText(
    'after',
    `
Example:
  npm run train -- --data photos --weights resnet18-f37072fd.pth --tune head

Ctrl-C ends the run after the current step and keeps the best model; a second
Ctrl-C quits at once.

Exit codes: 0 done, 1 failed, 130 interrupted.`,
  )
  .action((options: TrainOptions) => runAndExit(() => train(options)));

async function train(options: TrainOptions): Promise<number> {
  const display: { training?: TrainingDisplay } = {};
  let bestEpoch: number | undefined;
  process.once('exit', () => display.training?.stop()); // the bar hides the cursor, and a second Ctrl-C ends here
  const signal = interruptSignal(() => {
    display.training?.stop();
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K'); // a count may stand on this line
    console.error(pc.yellow('Stopping after this step; Ctrl-C again quits at once.'));
  });
  try {
    const weights = await pretrained(options.weights);
    const { gpu, name } = await openGpu();
    heading('device', name);

    // Wrong options and weights show here, before thousands of photos are read.
    const { classes } = await scanImageFolder(nodeFiles, options.data);
    checkClasses(classes, options.loss);
    const outputs = outputsFor({ classes, loss: options.loss });
    const { model, architecture } = graftModel(gpu, weights, {
      source: weights.source,
      outputs,
      seed: options.seed,
    });
    const { parts, trained, frozen } = freeze(model, options.tune, options.bn);
    await checkOutput(options.output, weights.tensors);

    const data = await loadPhotos(options, signal);
    printData(options.data, data);
    heading('model', `${architecture}, training ${parts.join(', ')}`);
    heading('parameters', `${count(trained)} trained, ${count(frozen)} frozen`);
    const counts = classes.map((_, label) => data.train.labels.filter((one) => one === label).length);
    const given = { ...options, schedule: 'constant', views: 1, weights: weights.source } as const;
    const { config } = chooseStrategy(given, { images: data.train.count, classes: classes.length, counts });
    reportLeftOut(model, data.train.count, config);

    gpu.onCompile = compileDisplay(() => display.training?.isShown ?? false);
    const running = new CountDisplay('Computing features');
    const inputs = new InputSource(model, data, config, {
      signal,
      onProgress: (done, total) => running.update(done, total),
      onFeatures({ images, seconds, savedSeconds }) {
        running.clear();
        heading('features', `the frozen trunk ran over ${count(images)} photos, in ${duration(seconds)}`);
        if (config.epochs > 1)
          console.log(
            `            and not in each epoch: about ${duration(savedSeconds(config.epochs))} saved`,
          );
      },
    });
    const size = { epochs: options.epochs, train: data.train.count, valid: data.valid.count };
    const training = (display.training = new TrainingDisplay(size));

    const card = {
      architecture,
      classes,
      loss: options.loss,
      graft: graftVersion(),
      transform: transformsFor(options.size, options.augment).valid,
    };
    const write = (state: BestModel['state'], result?: ModelCard['result']) =>
      writeModel(options.output, encodeCheckpoint(state, { ...card, result }));
    const start = performance.now();
    const { best, stopped } = await fineTune(model, (phase) => inputs.forPhase(phase), config, {
      signal,
      onStep: (step) => training.step(step),
      onEpoch: (epoch) => training.epoch(epoch),
      async onBest(best) {
        await write(best.state, best);
        bestEpoch = best.epoch;
      },
    });
    training.stop();
    if (!best && !training.isShown) signal.throwIfAborted(); // not a single step was done
    if (!best) await write(await model.stateDict());
    summarise(options, best, { stopped, seconds: (performance.now() - start) / 1000 });
    return stopped ? exitCodes.interrupted : exitCodes.done;
  } catch (error) {
    display.training?.stop();
    if (bestEpoch)
      console.error(`The best model so far, of epoch ${bestEpoch}, is in ${printable(options.output)}.`);
    if (!signal.aborted || error !== signal.reason) throw error;
    console.log('Stopped before training began; nothing was written.');
    return exitCodes.interrupted;
  }
}

async function pretrained(path: string | undefined) {
  if (path !== undefined) return readWeightsFile(path);
  throw new UsageError(
    '--weights is missing: training starts from a network that has learned to see.',
    "Get torchvision's ResNet-18, for instance, from PyTorch's own site:\n" +
      '  https://download.pytorch.org/models/resnet18-f37072fd.pth\n' +
      'and add --weights resnet18-f37072fd.pth',
  );
}

async function loadPhotos(options: TrainOptions, signal: AbortSignal): Promise<Dataset> {
  const { data: dir, size, augment, seed, validFraction } = options;
  const transforms = transformsFor(size, augment);
  const pool = createDecodePool();
  const decoding = new CountDisplay('Reading photos');
  try {
    return await loadDataset(nodeFiles, pool, {
      dir,
      seed,
      validFraction,
      transform: transforms.train,
      validTransform: transforms.valid,
      onProgress(done, total) {
        signal.throwIfAborted();
        decoding.update(done, total);
      },
    });
  } finally {
    decoding.clear();
    await pool.close();
  }
}

function checkClasses(classes: readonly string[], loss: LossName): void {
  if (loss !== 'bce' || classes.length === 2) return;
  throw new UsageError(
    `--loss bce tells two classes apart, and there are ${classes.length}: use --loss cross-entropy.`,
  );
}

function reportLeftOut(model: ResNet, images: number, config: TrainConfig): void {
  const { batchSize } = config;
  if (planEpoch(model, images, config).leftOut === 0) return;
  console.log(
    pc.dim(
      `  ${count(images)} photos leave one over at a batch of ${batchSize}; batch statistics need two, so each\n  epoch leaves another one out.`,
    ),
  );
}

function summarise(
  { output, epochs }: TrainOptions,
  best: FineTuneResult['best'],
  { stopped, seconds }: { readonly stopped: boolean; readonly seconds: number },
): void {
  console.log();
  if (stopped) console.log(pc.yellow(`Stopped after ${duration(seconds)}.`));
  else heading('trained', `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${duration(seconds)}`);
  if (best) {
    const { accuracy, loss, count: photos } = best.valid;
    heading(
      'best',
      `epoch ${best.epoch}: ${percent(accuracy).trim()} of ${count(photos)} validation photos right, loss ${lossText(loss)}`,
    );
  }
  heading('written', printable(output) + (best ? '' : ' (as it was when stopped, not validated)'));
  console.log(`\nTry it:\n  npm run predict -- --model ${printable(shellWord(output))} PHOTO.jpg`);
}

await program.parseAsync();
