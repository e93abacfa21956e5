// `graft train`: grafts a new head onto a pretrained network and trains it on photos. Here is the order of things; each of
// them has a file of its own.
import type { Command } from 'commander';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { printData } from './data-report.ts';
import { stopSignal, type StopSignal } from './interrupt.ts';
import { checkOutput } from './output-file.ts';
import { addConfigOptions, addRunOptions, givenConfig, type TrainOptions } from './train-options.ts';
import { digestOf, readPhotos } from './train-photos.ts';
import { writeReport } from './train-report.ts';
import { checkSameData, resumeSession, type DataRecord } from './train-resume.ts';
import { trainRun } from './train-run.ts';
import { openSession, printReasons } from './train-session.ts';
import { summarise } from './train-summary.ts';
import { RunFolder } from './run-folder.ts';
import { newRunPath } from './run-path.ts';

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
  const given = givenConfig(options);
  let folder: RunFolder | undefined;
  try {
    if (options.output !== undefined) await checkOutput(options.output, options.weights);
    const path = options.resume ?? (await newRunPath(options.name, given.data ?? null));
    const session =
      options.resume === undefined
        ? { ...(await openSession(given, signal)), state: undefined, record: undefined }
        : await resumeSession(options.resume, given, signal);
    const { photos, config, reasons } = session;
    const data = await readPhotos(photos, config, signal);
    printData(photos.dir, data);
    printReasons(reasons);

    const record: DataRecord = { train: data.train.count, valid: data.valid.count, digest: digestOf(data) };
    if (options.resume !== undefined && session.record) checkSameData(options.resume, session.record, record);
    folder = RunFolder.create(path);
    await folder.write('config.json', `${JSON.stringify(config, null, 2)}\n`);
    await folder.write('classes.json', `${JSON.stringify(data.classes, null, 2)}\n`);
    await folder.write('data.json', `${JSON.stringify(record, null, 2)}\n`);

    const outcome = await trainRun(session, data, folder, options, stop);
    await writeReport(session, data, folder, outcome);
    summarise(outcome, folder, options);
    return outcome.stopped ? exitCodes.interrupted : exitCodes.done;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    console.log('Stopped before training began; nothing was written.');
    return exitCodes.interrupted;
  } finally {
    folder?.close();
  }
}
