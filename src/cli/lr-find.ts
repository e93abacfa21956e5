// `graft lr-find`: looks for a learning rate by letting it rise until the loss explodes, and shows the curve.
import type { Command } from 'commander';
import { lossText, printable } from '../format.ts';
import type { RunEvent } from '../run/events.ts';
import { searchLearningRate } from '../run/lr-find.ts';
import type { RatePoint, RateSearch } from '../train/index.ts';
import { addCommand, exitCodes, runAndExit, UsageError } from './command.ts';
import { commandHost } from './device.ts';
import { positiveNumber, wholeNumber } from './options.ts';
import { colours as pc } from './terminal/colours.ts';
import { heading, shellWord } from './terminal/format.ts';
import { stopSignal, type StopSignal } from './terminal/interrupt.ts';
import { typed } from './terminal/invocation.ts';
import { TrainDisplay } from './train/display.ts';
import { addConfigOptions, givenConfig, type GivenConfig } from './train/options.ts';
import { withPaths } from './train/paths.ts';

interface LrFindOptions extends GivenConfig {
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
    notes: `Trains at rising rates over one short run, which changes nothing: give it the
options that you will give to train, and that the rate it suggests as --lr.`,
  });
  addConfigOptions(command)
    .optionsGroup('Search:')
    .option('--from <rate>', 'the lowest rate (default: 1e-7)', positiveNumber)
    .option('--to <rate>', 'the highest rate (default: 10)', positiveNumber)
    .option('--steps <n>', 'steps from one to the other (default: 100)', wholeNumber(10, 10_000))
    .option('--json', 'print curve and suggestion as JSON')
    .action((options: LrFindOptions) => {
      const stop = stopSignal();
      return runAndExit(() => lrFind(options, stop), stop.readerGone);
    });
}

async function lrFind(
  { from, to, steps, json, ...options }: LrFindOptions,
  stop: StopSignal,
): Promise<number> {
  const given = givenConfig(options);
  if (typeof given.data !== 'string') throw new UsageError('--data is missing: the folder of photos.');
  const { signal } = stop;
  const display = new TrainDisplay();
  stop.onStop = () => display.clear();
  const tell = json ? () => undefined : (event: RunEvent) => display.show(event);
  try {
    const search = await searchLearningRate(
      commandHost(),
      withPaths(given),
      { from, to, steps },
      { tell, signal },
    );
    display.clear();
    if (json) console.log(JSON.stringify(search, null, 2));
    else printSearch(search, given.data);
    return exitCodes.done;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return exitCodes.interrupted;
    throw error;
  } finally {
    display.clear();
  }
}

function printSearch({ points, suggestion, steepest, diverged }: RateSearch, data: string): void {
  console.log();
  for (const line of curve(points, suggestion)) console.log(line);
  console.log();
  heading('suggested', rateText(suggestion));
  if (steepest > suggestion) heading('steepest', `${rateText(steepest)}, the bolder choice`);
  if (!diverged) console.log(pc.dim('            The loss never exploded: a higher --to would tell more.'));
  console.log(
    `\nTrain with it:\n  ${typed('train')} --data ${printable(shellWord(data))} --lr ${rateText(suggestion)}`,
  );
}

const rateText = (rate: number): string => String(Number(rate.toPrecision(2)));

const WIDTH = 60;
const HEIGHT = 12;

/** The smoothed loss over the rate, which grows to the right by factors, in characters; the suggestion is marked. */
function curve(points: readonly RatePoint[], suggestion: number): string[] {
  const first = points[0]?.rate ?? 1;
  const last = points.at(-1)?.rate ?? 1;
  const column = (rate: number) =>
    Math.round((Math.log(rate / first) / Math.log(last / first)) * (WIDTH - 1));
  const values = points.map(({ smoothed }) => smoothed);
  const low = Math.min(...values);
  // What comes after the explosion would flatten everything before it.
  const high = Math.min(Math.max(...values), low + 1.5 * ((values[0] ?? low) - low) || Infinity);
  const rows = Array.from({ length: HEIGHT }, () => Array<string>(WIDTH).fill(' '));
  for (const { rate, smoothed } of points) {
    const height = Math.round(((Math.min(smoothed, high) - low) / (high - low || 1)) * (HEIGHT - 1));
    const row = rows[HEIGHT - 1 - height];
    if (row) row[column(rate)] = '•';
  }
  const mark = ' '.repeat(column(suggestion)) + pc.green('▲');
  const labels = rateText(first).padEnd(WIDTH - rateText(last).length) + rateText(last);
  return [
    ...rows.map((row, i) => {
      const label = i === 0 ? lossText(high) : i === HEIGHT - 1 ? lossText(low) : '';
      return `${label.padStart(9)} │${row.join('').trimEnd()}`;
    }),
    `${' '.repeat(10)}└${'─'.repeat(WIDTH)}`,
    `${' '.repeat(11)}${mark}`,
    `${'rate'.padStart(9)}  ${labels}`,
  ];
}
