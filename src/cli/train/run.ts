// A run under way: the trainer's events become lines on the terminal and files in the run's folder.
import { createRandom, encodePng, permutation, type Dataset, type ImageSet } from '../../data/index.ts';
import type { Gpu } from '../../gpu/index.ts';
import type { Picture } from '../../report/index.ts';
import {
  batchPicture,
  encodeCheckpoint,
  encodeTrainingState,
  fineTune,
  ImageCache,
  InputSource,
  planEpoch,
  startOfRun,
  type EpochEvent,
  type FeatureReport,
  type FineTuneResult,
  type FreezeReport,
  type ModelCard,
  type RunInputs,
  type TrainConfig,
  type TrainingState,
} from '../../train/index.ts';
import type { StateDict } from '../../weights/index.ts';
import { writeOutput } from '../output-file.ts';
import type { RunFolder } from '../run/folder.ts';
import { colours as pc } from '../terminal/colours.ts';
import { count, duration } from '../../format.ts';
import { heading, paragraph } from '../terminal/format.ts';
import type { StopSignal } from '../terminal/interrupt.ts';
import { compileDisplay, CountDisplay, TrainingDisplay } from '../terminal/progress.ts';
import { graftVersion } from '../version.ts';
import type { RunOptions } from './options.ts';
import { transformsOf } from './photos.ts';
import type { Session } from './session.ts';

/** How often the seed's program prints the loss. */
const SEED_LOSS_STEPS = 100;

export interface RunOutcome extends FineTuneResult {
  readonly frozen: FreezeReport | undefined;
  /** Those of the last phase; undefined where nothing was left to train. */
  readonly inputs: RunInputs | undefined;
  /** Photos as the network saw them. */
  readonly batch: Picture;
  /** The best model's, where this process found it. */
  readonly bestState: StateDict | undefined;
}

/**
 * Trains the session's model to the end of the run or until it is told to stop, and keeps the folder's files, among
 * them a checkpoint from the beginning on. Throws as `fineTune` does; the files are then as of the last checkpoint.
 */
export async function trainRun(
  session: Session & { readonly state?: TrainingState | undefined },
  data: Dataset,
  folder: RunFolder,
  { checkpointInterval, output, tensorboard, cache, showBatch: batchPath }: RunOptions,
  stop: StopSignal,
): Promise<RunOutcome> {
  const { gpu, model, config, state } = session;
  const card = cardOf(session);
  const initial = state ? undefined : await firstCheckpoint(session, card, folder);
  const size = { epochs: config.epochs, train: data.train.count, valid: data.valid.count };
  const display = new TrainingDisplay(size, config.recipe === 'seed' ? SEED_LOSS_STEPS : undefined);
  const features = new CountDisplay('Computing features');
  gpu.onCompile = compileDisplay(() => display.isShown);
  stop.onStop = () => {
    display.stop();
    features.clear();
  };
  process.once('exit', () => display.stop()); // the bar hides the cursor, and a second Ctrl-C ends here
  const batch = await showBatch(gpu, data.train, config, folder, batchPath);
  const source = new InputSource(model, data, config, {
    signal: stop.signal,
    imageBudgetBytes: cache * 2 ** 20,
    onProgress: (done, total) => features.update(done, total),
    onFeatures(report) {
      features.clear();
      printFeatures(report, config.epochs);
    },
  });
  let written = Promise.resolve();
  const recordEpoch = async (epoch: EpochEvent) => {
    await folder.appendHistory(epoch);
    if (tensorboard) await folder.appendEpochScalars(epoch);
  };
  let [frozen, inputs, bestState]: [FreezeReport?, RunInputs?, StateDict?] = [];
  try {
    const result = await fineTune(model, async (phase) => (inputs = await source.forPhase(phase)), config, {
      resume: state,
      initial,
      signal: stop.signal,
      checkpointSeconds: checkpointInterval,
      onPhase(event) {
        display.stop();
        frozen = event.frozen;
        printPhase(session, event.frozen, event.phases > 1 ? event.phase.index + 1 : undefined);
        printLeftOut(planEpoch(model, data.train.count, config).leftOut, data.train.count, config.batchSize);
      },
      onStep: (step) => display.step(step),
      onEpoch(epoch) {
        display.epoch(epoch);
        written = written.then(() => recordEpoch(epoch));
        written.catch(() => undefined); // awaited at the next checkpoint
      },
      async onBest(best) {
        bestState = best.state;
        const bytes = encodeCheckpoint(best.state, { ...card, result: best });
        await folder.write('best', bytes);
        if (output !== undefined) await writeOutput(output, bytes);
      },
      async onCheckpoint(state) {
        await written;
        await folder.write('last', encodeTrainingState(state, card, config));
      },
    });
    await written;
    return { ...result, frozen, inputs, bestState, batch };
  } finally {
    display.stop();
    features.clear();
  }
}

/** Writes down where a new run begins: whatever ends the process from here on, it can be resumed. Gives the model. */
async function firstCheckpoint(
  { model, config }: Session,
  card: ModelCard,
  folder: RunFolder,
): Promise<StateDict> {
  const state = await model.stateDict();
  const start = { progress: startOfRun, model: state, optimizer: undefined };
  await folder.write('last', encodeTrainingState(start, card, config));
  return state;
}

const SHOWN_PHOTOS = 16;

/** The first photos of the first epoch as the network sees them, in the run's folder and where the user wants them. */
async function showBatch(
  gpu: Gpu,
  photos: ImageSet,
  { size, augment, seed }: TrainConfig,
  folder: RunFolder,
  path: string | undefined,
): Promise<Picture> {
  const indices = permutation(photos.count, createRandom(seed, SHOWN_STREAM)).slice(0, SHOWN_PHOTOS);
  const sheet = await batchPicture(new ImageCache(gpu, photos, { budgetBytes: 0 }), {
    indices,
    size,
    augment,
    seed,
    epoch: 1,
  });
  const bytes = encodePng(sheet);
  await folder.write('batch', bytes);
  if (path !== undefined) await writeOutput(path, bytes);
  return { type: 'image/png', bytes, width: sheet.width, height: sheet.height };
}

/** Keeps the choice of shown photos apart from the draws of training. */
const SHOWN_STREAM = 0x5e0;

/** What the models of a session say of themselves. */
function cardOf({ architecture, photos, config }: Session): ModelCard {
  return {
    architecture,
    classes: photos.folder.classes,
    loss: config.loss,
    graft: graftVersion(),
    transform: transformsOf(photos, config).valid,
  };
}

function printPhase(
  { architecture }: Session,
  { parts, trained, frozen }: FreezeReport,
  phase: number | undefined,
): void {
  if (phase !== undefined) heading('phase', String(phase));
  heading('model', `${architecture}, training ${parts.join(', ')}`);
  heading('parameters', `${count(trained)} trained, ${count(frozen)} frozen`);
}

function printFeatures({ images, views, seconds, savedSeconds }: FeatureReport, epochs: number): void {
  const saved = savedSeconds(epochs);
  const looks = views > 1 ? `, at ${views} looks of each training photo,` : '';
  const gain = saved > 1 ? `, and not in each epoch: about ${duration(saved)} saved` : '';
  paragraph(
    'features',
    `the frozen trunk ran over ${count(images)} photos once${looks} in ${duration(seconds)}${gain}`,
  );
}

function printLeftOut(leftOut: number, images: number, batchSize: number): void {
  if (leftOut === 0) return;
  console.log(
    pc.dim(
      `            ${count(images)} photos leave one over at a batch of ${batchSize}; batch\n            statistics need two, so each epoch leaves another one out.`,
    ),
  );
}
