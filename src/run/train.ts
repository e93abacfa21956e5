/** A training run from photos to report. Here is the order of the steps; each has a file of its own. */
import { DataError } from '../data/index.ts';
import { DeviceLostError, GpuOutOfMemoryError } from '../gpu/index.ts';
import type { ReportData } from '../report/index.ts';
import { outputsFor, rehearse, type TrainConfig, type TrainingState } from '../train/index.ts';
import { RunError } from './errors.ts';
import type { RunControls, RunEvent } from './events.ts';
import type { RunHost } from './host.ts';
import { trunkStream } from './load-trunk-stream.ts';
import { readPhotos, type ReadOptions, type ReadPhotos } from './photos.ts';
import { checkSamePhotos, refuseOtherDecoder, resumeSession, type ResumedSession } from './resume.ts';
import { openSession, release, type Session } from './session.ts';
import { demoDefaults } from './settings.ts';
import { writeAnswers } from './store/answers.ts';
import { RunFolder } from './store/folder.ts';
import type { RunOutcome } from './outcome.ts';
import { trainRun, type RunExtras } from './training.ts';
import type { TrunkStream } from './trunk-stream.ts';

export interface TrainRequest extends RunExtras {
  /** What the user has decided; the rest is chosen. Of a run that is resumed it is decided, but photos may be elsewhere: `data`. */
  readonly given: Partial<TrainConfig>;
  /** The name of a new run; by default the first of `base`, `base`-2, … that is free. */
  readonly name?: string | undefined;
  /** By default train. */
  readonly base?: string | undefined;
  /** The run to resume. */
  readonly resume?: string | undefined;
  /** What to do next, for the report, in the words of the face. */
  readonly commands: (run: string, isStopped: boolean) => ReportData['commands'];
}

/** How a run ended that was stopped before it trained, and whether it can be resumed. */
export interface NotTrained {
  readonly run: string | undefined;
  readonly canGoOn: boolean;
}

/** How a run ended: `trained`, with its folder and its epochs, or stopped before there was anything to train. */
export type TrainResult =
  | ({ readonly kind: 'trained'; readonly run: string } & Pick<RunOutcome, 'stopped' | 'best' | 'history'>)
  | ({ readonly kind: 'not trained' } & NotTrained);

/**
 * Trains, or resumes a run that was stopped: the same photos, settings, seed, adapter and decoder end in the same bits in
 * every face, however often the run was stopped. Throws what is wrong with the request, the photos, the weights, the adapter or the
 * store as `RunError`, `DataError`, `WeightsError`, `TrainingError` or an error of the GPU; a run that has started can be resumed.
 */
export async function train(
  host: RunHost,
  request: TrainRequest,
  controls: RunControls,
): Promise<TrainResult> {
  const { tell, signal } = controls;
  const started = performance.now();
  const { given, resume, name, base } = request;
  let folder: RunFolder | undefined;
  let session: BegunSession | undefined;
  let data: ReadPhotos | undefined;
  let stream: TrunkStream | undefined;
  try {
    if (resume !== undefined) folder = await RunFolder.open(host.store, resume);
    session = folder
      ? await resumeSession(host, folder.files, given)
      : await openSession(host, given.data === undefined ? { ...demoDefaults, ...given } : given, controls);
    const { gpu, config, reasons, photos } = session;
    tell({ kind: 'device', name: session.device });
    compileAhead(session);
    const { plots } = host;
    const report = plots && import('./report.ts'); // not at the end: by then a site may have been replaced
    report?.catch(() => undefined);
    folder ??= await RunFolder.create(host.store, name, base);
    stream = await trunkStream(host, session, session.state?.progress.phase ?? 0, request.keepFeatures);
    const { photoBudgetBytes: memoryBytes } = request;
    data = await readTrainedPhotos(host, folder.run, session, controls, { memoryBytes, stream });
    tell({ kind: 'photos', dir: photos.dir, data, notes: photos.folder.notes });
    tell({ kind: 'chosen', config, reasons });
    if (request.look) await (await import('./look.ts')).lookAtStep(session, request.look, tell);
    if (session.state) tell(goingOn(session.state, session));
    await recordData(folder, session, data);

    const features = await stream?.end(data);
    // Not before: a terminal has one line for what is under way, and until here it is the photos'.
    gpu.onCompile = (done, total) => tell({ kind: 'compiling', done, total });
    const begun = { ...session, features };
    const outcome = await trainRun(begun, data, folder, host, request, controls);
    const { stopped, best, history } = outcome;
    const seconds = (performance.now() - started) / 1000;
    const facts = { seconds, commands: request.commands(folder.run, stopped) };
    if (best && outcome.judged) {
      const { answers, trainingAnswers } = outcome.judged;
      const of = { epoch: best.epoch, classes: data.classes };
      await writeAnswers(folder, { ...of, ...trainingAnswers }, 'trainingAnswers');
      await writeAnswers(folder, { ...of, ...answers });
    }
    if (plots)
      await (
        await report
      )?.writeReport({ version: host.version, plots }, session, data, folder, outcome, facts);
    tell({ kind: 'ended', run: folder.run, outcome });
    if (config.data === null && !stopped)
      await (await import('./demo.ts')).compareWithRandom(session, data, best, host.weights, controls);
    return { kind: 'trained', run: folder.run, stopped: stopped || signal.aborted, best, history };
  } catch (error) {
    if (signal.aborted && error === signal.reason) return await notTrained(folder);
    const isOfDevice = error instanceof DeviceLostError || error instanceof GpuOutOfMemoryError;
    if (!folder || !isOfDevice) throw error;
    if (await folder.has('last'))
      throw new RunError(error.message, { kind: 'device', run: folder.run }, { cause: error });
    await folder.removeRecords(); // nothing is lost with them, and the next run may have the name
    throw error;
  } finally {
    try {
      await stream?.dispose();
      if (session) release(session);
      await data?.close();
    } finally {
      await folder?.close(); // whatever became of the photos: another may want it
    }
  }
}

type BegunSession = Session & Partial<Pick<ResumedSession, 'state' | 'trunk' | 'trainedOn' | 'extension'>>;

function goingOn({ progress }: TrainingState, { config, extension }: BegunSession): RunEvent {
  const { epoch, step, phase } = progress;
  const isOver = phase >= (config.gradual ? 2 : 1);
  return { kind: 'going-on', epoch, step, isOver, config, extendedFrom: extension?.from };
}

/** Compiles while photos are read. What goes wrong here goes wrong again, and is reported, when the kernels are run. */
function compileAhead({ gpu, architecture, photos, config }: Session): void {
  const outputs = outputsFor({ classes: photos.folder.classes, loss: config.loss });
  rehearse(gpu, architecture, outputs, config).catch(() => undefined);
}

/** Reads the photos. Throws `RunError` if that fails for the want of the decoder that the run was started with. */
async function readTrainedPhotos(
  host: RunHost,
  run: string,
  { photos, config, trainedOn }: BegunSession,
  controls: RunControls,
  options: ReadOptions,
): Promise<ReadPhotos> {
  try {
    return await readPhotos(host, photos, config, controls, options);
  } catch (error) {
    if (trainedOn && error instanceof DataError)
      refuseOtherDecoder(run, trainedOn.decoder, photos.decoder, [error.message]);
    throw error;
  }
}

/** Writes down what the run is, or checks that it is still what was written down. */
async function recordData(
  folder: RunFolder,
  { config, state, trainedOn, extension }: BegunSession,
  { classes, fingerprint }: ReadPhotos,
): Promise<void> {
  if (state && trainedOn) {
    checkSamePhotos(folder.run, trainedOn, fingerprint);
    // Before the first checkpoint with it: a run that is stopped in between is found to be extended.
    if (extension) await folder.writeJson('config', config);
    await folder.rewriteHistory(state.progress.history);
    return;
  }
  await folder.writeJson('config', config);
  await folder.writeJson('classes', classes);
  await folder.writeJson('data', fingerprint);
}

/** Ends a run that was stopped during its preparation, and removes what was written of a new one. */
async function notTrained(folder: RunFolder | undefined): Promise<TrainResult> {
  const canGoOn = folder !== undefined && (await folder.has('last'));
  if (!canGoOn) await folder?.removeRecords();
  return { kind: 'not trained', run: folder?.run, canGoOn };
}
