/** A run under way: the trainer's events are reported, and become files in the run's folder. */
import { createRandom, encodePng, permutation, type Dataset, type ImageSet } from '../data/index.ts';
import type { Gpu } from '../gpu/index.ts';
import type { Picture } from '../report/index.ts';
import {
  batchPicture,
  encodeCheckpoint,
  fineTune,
  ImageCache,
  InputSource,
  planEpoch,
  startOfRun,
  type ComputedFeatures,
  type EpochEvent,
  type FreezeReport,
  type ModelCard,
  type TrainConfig,
} from '../train/index.ts';
import type { StateDict } from '../weights/index.ts';
import type { RunControls } from './events.ts';
import type { RunHost } from './host.ts';
import type { StepTopic } from './look.ts';
import { LastCheckpoint } from './last-checkpoint.ts';
import type { RunOutcome } from './outcome.ts';
import { transformsOf } from './photos.ts';
import type { ResumedSession } from './resume.ts';
import type { Session } from './session.ts';
import { SlowWatch } from './slow.ts';
import type { RunFolder } from './store/folder.ts';

/** What a run does besides training; none of it touches the weights. */
export interface RunExtras {
  /** The most GPU memory that photos may take, in bytes. */
  readonly imageBudgetBytes?: number | undefined;
  /** The most main memory that decoded photos may take, in bytes. */
  readonly photoBudgetBytes?: number | undefined;
  /** What of the training step is told before it is run. */
  readonly look?: readonly StepTopic[] | undefined;
  /** Takes what a frozen trunk makes of the photos from earlier runs, and keeps it for later ones. */
  readonly keepFeatures?: boolean | undefined;
  /** Seconds from one checkpoint to the next. */
  readonly checkpointSeconds?: number | undefined;
  /** Writes event files for TensorBoard. */
  readonly tensorboard?: boolean | undefined;
  /** Receives the best model so far, a safetensors file, each time there is a better one. */
  readonly onBestFile?: ((bytes: Uint8Array) => Promise<void>) | undefined;
  /** Receives a PNG of photos as the network sees them. */
  readonly onBatchPicture?: ((bytes: Uint8Array) => Promise<void>) | undefined;
}

/**
 * Trains the session's model to the end of the run or until it is told to stop, and keeps the folder's files, among
 * them a checkpoint from the start. Leaves the session's model with the best weights. Throws as `fineTune` does; the
 * files are then as of the last checkpoint.
 */
export async function trainRun(
  session: Session &
    Partial<Pick<ResumedSession, 'state' | 'trunk'>> & {
      /** What its first phase learns from, where that is known already. */
      readonly features?: ComputedFeatures | undefined;
    },
  data: Dataset,
  folder: RunFolder,
  { version, sha256 }: Pick<RunHost, 'version' | 'sha256'>,
  extras: RunExtras,
  { tell, signal, hold }: RunControls,
): Promise<RunOutcome> {
  const { gpu, model, config, state, architecture } = session;
  const card = cardOf(session, version);
  const judging = import('./judge-best.ts'); // not at the end: by then a site may have been replaced
  judging.catch(() => undefined);
  const last = new LastCheckpoint(session, card, folder, sha256);
  const initial = state ? undefined : await firstCheckpoint(session, last);
  const batch = await showBatch(gpu, data.train, config, folder, extras.onBatchPicture);
  const source = new InputSource(model, data, config, {
    signal,
    imageBudgetBytes: extras.imageBudgetBytes,
    computed: session.features,
    onProgress: (done, total) => tell({ kind: 'computing-features', done, total }),
    onFeatures: (report) => tell({ kind: 'features', report, epochs: config.epochs }),
  });
  const watch = new SlowWatch({ architecture, epochs: config.epochs });
  const history = new EpochLog(folder, extras.tensorboard ?? false);
  let [frozen, bestState]: [FreezeReport?, StateDict?] = [];
  tell({
    ...{ kind: 'training', run: folder.run, history: state?.progress.history ?? [], epochs: config.epochs },
    ...{ architecture, train: data.train.count, valid: data.valid.count },
  });
  try {
    const result = await fineTune(model, (phase) => source.forPhase(phase), config, {
      resume: state,
      initial,
      signal,
      hold,
      checkpointSeconds: extras.checkpointSeconds,
      onPhase(event) {
        frozen = event.frozen;
        tell({ kind: 'phase', architecture, event });
        const { batchSize } = config;
        if (planEpoch(model, data.train.count, config).leftOut > 0)
          tell({ kind: 'left-out', photos: data.train.count, batchSize });
      },
      onStep(step) {
        tell({ kind: 'step', step });
        const slowness = watch.step(step);
        if (slowness) tell({ kind: 'slow', slowness, tune: config.tune });
      },
      onEpoch(epoch) {
        tell({ kind: 'epoch', epoch });
        history.add(epoch);
      },
      async onBest(best) {
        bestState = best.state;
        const bytes = encodeCheckpoint(best.state, { ...card, result: best });
        await folder.write('best', bytes);
        last.bestIsWritten();
        await extras.onBestFile?.(bytes);
        tell({ kind: 'best', run: folder.run, epoch: best.epoch, valid: best.valid });
      },
      async onCheckpoint(state) {
        await history.written();
        await last.write(state);
      },
    });
    await history.written();
    if (!result.best) return { ...result, frozen, batch, judged: undefined };
    const { judgeBest } = await judging;
    const judged = await judgeBest(session, data, source.current, folder, {
      ...result.best,
      state: bestState,
    });
    return { ...result, frozen, batch, judged };
  } finally {
    source.dispose();
    await history.written().catch(() => undefined); // the folder is another's as soon as this returns
  }
}

/** Writes epochs one after the other while training goes on. */
class EpochLog {
  private pending = Promise.resolve();

  constructor(
    private readonly folder: RunFolder,
    private readonly tensorboard: boolean,
  ) {}

  add(epoch: EpochEvent): void {
    this.pending = this.pending.then(async () => {
      await this.folder.appendHistory(epoch);
      if (this.tensorboard) await this.folder.appendEpochScalars(epoch);
    });
    this.pending.catch(() => undefined); // thrown where it is awaited
  }

  /** Resolves when everything is written; rejects with what went wrong. */
  written(): Promise<void> {
    return this.pending;
  }
}

/** Writes the state in which a new run begins: whatever ends the process from here on, it can be resumed. Returns the model. */
async function firstCheckpoint({ model }: Session, last: LastCheckpoint): Promise<StateDict> {
  const state = await model.stateDict();
  await last.write({ progress: startOfRun, model: state, optimizer: undefined });
  return state;
}

const SHOWN_PHOTOS = 16;
/** Keeps the choice of shown photos apart from the random draws of training. */
const SHOWN_STREAM = 0x5e0;

/** The first photos of the first epoch as the network sees them, in the run's folder and for `onBatchPicture`. */
async function showBatch(
  gpu: Gpu,
  photos: ImageSet,
  { size, augment, seed }: TrainConfig,
  folder: RunFolder,
  take: RunExtras['onBatchPicture'],
): Promise<Picture> {
  const indices = permutation(photos.count, createRandom(seed, SHOWN_STREAM)).slice(0, SHOWN_PHOTOS);
  const images = new ImageCache(gpu, photos, { budgetBytes: 0 });
  const release = await photos.hold?.(indices);
  const sheet = await batchPicture(images, { indices, size, augment, seed, epoch: 1 }).finally(release);
  const bytes = encodePng(sheet);
  await folder.write('batch', bytes);
  await take?.(bytes);
  return { type: 'image/png', bytes, width: sheet.width, height: sheet.height };
}

/** What the models of a session say about themselves. */
function cardOf({ architecture, photos, config }: Session, graft: string): ModelCard {
  const { valid: transform } = transformsOf(photos, config);
  return { architecture, classes: photos.folder.classes, loss: config.loss, graft, transform };
}
