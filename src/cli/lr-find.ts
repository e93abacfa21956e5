// `graft lr-find`: looks for a learning rate by letting it rise until the loss diverges, and shows the curve.
import type { Command } from 'commander';
import { percent, printable } from '../format.ts';
import { rateCurve, rateText } from '../report/text/rate-curve.ts';
import type { RunEvent } from '../run/events.ts';
import { runSettings } from '../run/run-settings.ts';
import { searchLearningRate } from '../run/lr-find.ts';
import { settingNames, type RateSearch, type TrainConfig } from '../train/index.ts';
import { configText } from './config-file.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { commandHost } from './device.ts';
import { positiveNumber, wholeNumber } from './options.ts';
import { colours as pc } from './terminal/colours.ts';
import { heading, paragraph, shellWord } from './terminal/format.ts';
import { stopSignal, type StopSignal } from './terminal/interrupt.ts';
import { typed } from './terminal/invocation.ts';
import { TrainDisplay } from './train/display.ts';
import {
  addConfigOptions,
  flagOf,
  givenConfig,
  photoBudgetOf,
  settingOption,
  type GivenConfig,
  type RunOptions,
} from './train/options.ts';
import { withPaths } from './train/paths.ts';

interface LrFindOptions extends GivenConfig, Pick<RunOptions, 'photoMemory'> {
  readonly from?: number;
  readonly to?: number;
  readonly steps?: number;
  readonly json?: true;
}

/** Adds `graft lr-find` to the program. */
export function addLrFindCommand(program: Command): void {
  const command = addCommand(program, 'lr-find', {
    description: 'Suggest a learning rate for your photos.',
    examples: ['--data photos', '--data photos --tune layer4 --batch-size 32', '--data photos --json'],
    notes: `Trains for one short run at rising rates and keeps nothing of it. Give it the same
options as train, then give train the suggested rate as --lr.`,
  });
  addConfigOptions(command)
    .optionsGroup('Search:')
    .option('--from <rate>', 'the lowest rate (default: 1e-7)', positiveNumber)
    .option('--to <rate>', 'the highest rate (default: 10)', positiveNumber)
    .option('--steps <n>', 'steps from one to the other (default: 100)', wholeNumber(10, 10_000))
    .addOption(settingOption('photoMemory', runSettings.photoMemory))
    .option('--json', 'print the curve and the suggestion as JSON')
    .action((options: LrFindOptions) => {
      const stop = stopSignal();
      const configured = configText(command);
      return runAndExit(() => lrFind(options, stop, configured), {
        stop: stop.readerGone,
        json: options.json,
      });
    });
}

async function lrFind(
  { from, to, steps, json, ...options }: LrFindOptions,
  stop: StopSignal,
  configured: string | undefined,
): Promise<number> {
  const given = givenConfig(options);
  if (typeof given.data !== 'string')
    throw new UsageError('--data is missing: it names the folder of photos.');
  const { signal } = stop;
  const display = new TrainDisplay({ configured });
  stop.onStop = () => display.clear();
  const tell = json ? () => undefined : (event: RunEvent) => display.show(event);
  try {
    const search = await searchLearningRate(
      commandHost(),
      withPaths(given),
      { from, to, steps, photoBudgetBytes: photoBudgetOf(options) },
      { tell, signal },
    );
    display.clear();
    if (json) console.log(JSON.stringify(search, null, 2));
    else printSearch(search, given);
    return exitCodes.done;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return exitCodes.interrupted;
    throw error;
  } finally {
    display.clear();
  }
}

function printSearch(search: RateSearch, given: Partial<TrainConfig>): void {
  const { points, suggestion, steepest, diverged, fall, inconclusive } = search;
  console.log();
  for (const line of rateCurve(points, suggestion, inconclusive ? ' ' : pc.green('▲'))) console.log(line);
  console.log();
  if (inconclusive) {
    paragraph(
      'inconclusive',
      `at no rate did the loss fall by more than ${percent(fall)}: a higher --to or more --steps may tell more, and without --lr graft chooses a rate`,
    );
    return;
  }
  heading('suggested', rateText(suggestion));
  if (steepest > suggestion) heading('steepest', `${rateText(steepest)}, the bolder choice`);
  if (!diverged) console.log(pc.dim('            The loss never diverged: a higher --to would tell more.'));
  console.log(`\nTrain with it:\n  ${trainCommand({ ...given, lr: Number(rateText(suggestion)) })}`);
}

/** What to type to train with these settings. */
function trainCommand(given: Partial<TrainConfig>): string {
  const words = settingNames.flatMap((name) => {
    const value = given[name];
    if (value === undefined || value === false) return [];
    return value === true ? [flagOf(name)] : [flagOf(name), printable(shellWord(String(value ?? 'none')))];
  });
  return [typed('train'), ...words].join(' ');
}
