// `graft train`: puts a new head onto a pretrained network and trains it on photos. The run itself is in src/run; here it gets its
// options and becomes lines on a terminal.
import { join } from 'node:path';
import type { Command } from 'commander';
import { printable } from '../format.ts';
import type { RunEvent } from '../run/events.ts';
import { stepTopics, type StepTopic } from '../run/look.ts';
import { runSettings } from '../run/run-settings.ts';
import { nameAfter } from '../run/store/run-name.ts';
import { train, type TrainResult } from '../run/train.ts';
import { configText } from './config-file.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { commandHost } from './device.ts';
import { checkOutput, checkRoom, writeOutput } from '../platform/node/output-file.ts';
import { resumeCommand } from './remedies.ts';
import { shellWord } from './terminal/format.ts';
import { stopSignal, type StopSignal } from './terminal/interrupt.ts';
import { typed } from './terminal/invocation.ts';
import { TrainDisplay, type DisplayOptions } from './train/display.ts';
import { JsonDisplay } from './train/json-display.ts';
import {
  addConfigOptions,
  addRunOptions,
  givenConfig,
  photoBudgetOf,
  type TrainOptions,
} from './train/options.ts';
import { ServedReport } from './train/serve.ts';
import { withPaths } from './train/paths.ts';

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
      '--resume runs/second   continues a run that was stopped',
      '--config runs/second/config.json --seed 7',
    ],
    notes: `What you leave open, graft chooses: the number of photos decides how much of the
network is trained, and that decides the rest. The run says what it chose and why.

Ctrl-C ends the run after the current step; --resume continues it and reaches the
same weights as if it had never stopped. A second Ctrl-C quits at once.`,
  });
  addRunOptions(addConfigOptions(command)).action((options: TrainOptions) => {
    const stop = stopSignal();
    const configured = configText(command);
    return runAndExit(() => runTrain({ ...options, configured }, stop), {
      stop: stop.readerGone,
      json: options.json,
    });
  });
}

/** What of the training step `GRAFT_DEBUG` asks to print: `tape`, `memory`, `kernels`, or several of them; 1 only adds to messages. */
function lookedAt(): readonly StepTopic[] {
  const words = (process.env['GRAFT_DEBUG'] ?? '')
    .split(',')
    .filter((word) => !['', '0', '1'].includes(word));
  return words.map((word) => {
    const topic = stepTopics.find((one) => one === word);
    if (topic !== undefined) return topic;
    throw new UsageError(`GRAFT_DEBUG is "${printable(word)}".`, `There is: 1, ${stepTopics.join(', ')}`);
  });
}

async function runTrain(
  options: TrainOptions & Pick<DisplayOptions, 'configured'>,
  stop: StopSignal,
): Promise<number> {
  const { resume, name, output, showBatch, tensorboard, keepFeatures } = options;
  const { cache = runSettings.cache.default, checkpointInterval = runSettings.checkpointInterval.default } =
    options;
  if (output !== undefined) await checkOutput(output, options.weights);
  if (resume === undefined) await checkRoom(join('runs', 'x'), RUN_BYTES);
  const given = withPaths(givenConfig(options));
  const display = options.json ? new JsonDisplay(options.configured) : new TrainDisplay(options);
  stop.onStop = () => display.clear();
  const host = commandHost();
  const served = options.serve === undefined ? undefined : await ServedReport.open(host, options.serve);
  if (served) display.serving(served.url);
  const tell = (event: RunEvent) => {
    display.show(event);
    served?.take(event);
  };
  try {
    const result = await train(
      host,
      {
        ...{
          given,
          resume,
          name,
          tensorboard,
          keepFeatures,
          look: lookedAt(),
          base: nameAfter(given.data ?? null),
        },
        imageBudgetBytes: cache * 2 ** 20,
        photoBudgetBytes: photoBudgetOf(options),
        checkpointSeconds: checkpointInterval,
        onBestFile: output === undefined ? undefined : (bytes) => writeOutput(output, bytes),
        onBatchPicture: showBatch === undefined ? undefined : (bytes) => writeOutput(showBatch, bytes),
        commands: commandsFor,
      },
      { tell, signal: stop.signal },
    );
    if (result.kind === 'not trained') display.notTrained(result);
    return exitCodeOf(result);
  } finally {
    display.clear();
    await served?.close();
  }
}

const exitCodeOf = (result: TrainResult): number =>
  result.kind === 'trained' && !result.stopped ? exitCodes.done : exitCodes.interrupted;

/** What a report says to do next. */
function commandsFor(run: string, isStopped: boolean) {
  const model = printable(shellWord(run));
  return [
    ...(isStopped ? [{ purpose: 'Continue the run', command: resumeCommand(run) }] : []),
    { purpose: 'Say what is on a photo', command: `${typed('predict')} --model ${model} PHOTO.jpg` },
    { purpose: 'Evaluate it on other photos', command: `${typed('evaluate')} --model ${model} --data DIR` },
  ];
}
