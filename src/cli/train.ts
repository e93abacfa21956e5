// `graft train`: grafts a new head onto a pretrained network and trains it on photos. Here is the order of things; each
// of them has a file of its own.
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Dataset } from '../data/index.ts';
import { outputsFor, rehearse, type TrainingState } from '../train/index.ts';
import { nodeFiles } from '../platform/node/files.ts';
import { addCommand, exitCodes, FileError, runAndExit } from './command.ts';
import { fingerprint, type DataFingerprint } from './run/fingerprint.ts';
import { printData } from './data-report.ts';
import { compareWithRandom, demoDefaults } from './train/demo.ts';
import { heading } from './terminal/format.ts';
import { stopSignal, type StopSignal } from './terminal/interrupt.ts';
import { checkOutput, checkRoom } from './output-file.ts';
import { RunFolder } from './run/folder.ts';
import { addConfigOptions, addRunOptions, givenConfig, type TrainOptions } from './train/options.ts';
import { readPhotos } from './train/photos.ts';
import { writeReport } from './train/report.ts';
import { checkSamePhotos, resumeSession } from './train/resume.ts';
import { trainRun } from './train/run.ts';
import { openSession, printReasons, type Session } from './train/session.ts';
import { resumeCommand, summarise } from './train/summary.ts';

/** A run's best and last model with the optimizer's moments, and its report; more for a larger network. */
const RUN_BYTES = 256e6;

/** Adds `graft train` to the program. */
export function addTrainCommand(program: Command): void {
  const command = addCommand(program, 'train', {
    description: 'Train a pretrained network on your own photos.',
    examples: [
      '                       an example on drawings that come with graft',
      '--data photos          photos/cats/*.jpg, photos/dogs/*.jpg, …',
      '--data photos --tune layer4 --epochs 10 --name second',
      '--resume runs/second   goes on where that was stopped',
      '--config runs/second/config.json --seed 7',
    ],
    notes: `What is not given is chosen by the photos: how many there are decides how much of
the network is trained, and that the rest. The run says what it chose and why.

Ctrl-C ends the run after the current step; --resume goes on with it, to the
same weights as if it had not been stopped. A second Ctrl-C quits at once.`,
  });
  addRunOptions(addConfigOptions(command)).action((options: TrainOptions) => {
    const stop = stopSignal();
    return runAndExit(() => train(options, stop), stop.readerGone);
  });
}

async function train(options: TrainOptions, stop: StopSignal): Promise<number> {
  const { signal } = stop;
  let folder: RunFolder | undefined;
  try {
    if (options.output !== undefined) await checkOutput(options.output, options.weights);
    if (options.resume === undefined) await checkRoom('runs', join('runs', 'x'), RUN_BYTES);
    if (options.resume !== undefined) folder = await RunFolder.open(options.resume);
    const session = await begin(options, signal);
    heading('device', session.device);
    compileAhead(session);
    folder ??= await RunFolder.create({ name: options.name });
    const data = await readPhotos(session.photos, session.config, signal);
    printData(session.photos.dir, data);
    printReasons(session.reasons);
    await recordData(folder, session, data);

    const outcome = await trainRun(session, data, folder, options, stop);
    await writeReport(session, data, folder, outcome);
    summarise(outcome, folder, options);
    if (session.config.data === null && !outcome.stopped)
      await compareWithRandom(session, data, outcome, stop);
    return outcome.stopped || signal.aborted ? exitCodes.interrupted : exitCodes.done;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return await endBeforeTraining(folder);
    if (folder && isOfDevice(error) && (await canGoOn(folder)))
      throw new FileError(error.message, `${resumeCommand(folder.path)} goes on from the last checkpoint.`);
    throw error;
  } finally {
    await leave(folder);
  }
}

/** Compiles while photos are read. What goes wrong with it goes wrong again, and is told, when the kernels are run. */
function compileAhead({ gpu, architecture, photos, config }: Session): void {
  const outputs = outputsFor({ classes: photos.folder.classes, loss: config.loss });
  rehearse(gpu, architecture, outputs, config).catch(() => undefined);
}

type BegunSession = Session & { readonly state?: TrainingState; readonly trainedOn?: DataFingerprint };

function begin(options: TrainOptions, signal: AbortSignal): Promise<BegunSession> {
  const given = givenConfig(options);
  if (options.resume !== undefined) return resumeSession(options.resume, given);
  return openSession(given.data === undefined ? { ...demoDefaults, ...given } : given, signal);
}

/** Writes down what the run is, or checks that it is still what was written down. */
async function recordData(
  folder: RunFolder,
  { config, photos, state, trainedOn }: BegunSession,
  data: Dataset,
): Promise<void> {
  const found = fingerprint(data, photos.root);
  if (state && trainedOn) {
    checkSamePhotos(folder.path, trainedOn, found);
    await folder.rewriteHistory(state.progress.history);
    return;
  }
  await folder.writeJson('config', config);
  await folder.writeJson('classes', data.classes);
  await folder.writeJson('data', found);
}

/** Whether there is a checkpoint to go on from. */
const canGoOn = async (folder: RunFolder): Promise<boolean> =>
  (await nodeFiles.kind(folder.file('last'))) === 'file';

/** A device that is lost or out of memory is no fault of the run's. */
const isOfDevice = (error: unknown): error is Error =>
  error instanceof Error && /^(DeviceLost|GpuOutOfMemory)Error$/.test(error.name);

/** Ends a run that was stopped while it was made ready, and takes away what was written down of a new one. */
async function endBeforeTraining(folder: RunFolder | undefined): Promise<number> {
  if (folder && (await canGoOn(folder))) {
    console.log(`Stopped before training. Go on with it:\n  ${resumeCommand(folder.path)}`);
    return exitCodes.interrupted;
  }
  console.log('Stopped before training; there is nothing to keep.');
  if (folder)
    for (const name of ['config', 'classes', 'data'] as const) await rm(folder.file(name), { force: true });
  return exitCodes.interrupted;
}

/** Unlocks a run's folder, and removes it where nothing was written. */
async function leave(folder: RunFolder | undefined): Promise<void> {
  folder?.close();
  if (folder) await rmdir(folder.path).catch(() => undefined);
}
