// `graft compare`: two runs side by side.
import type { Command } from 'commander';
import { lossText, percent, plural, printable } from '../format.ts';
import { table } from '../report/text/table.ts';
import { compareRuns, type Comparison, type Score } from '../run/compare.ts';
import { summaryOf } from '../run/runs.ts';
import type { TrainConfig } from '../train/index.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { printTable } from './terminal/format.ts';
import { flagOf } from './train/options.ts';

/** Adds `graft compare` to the program. */
export function addCompareCommand(program: Command): void {
  addCommand(program, 'compare', {
    description: 'Compare two runs: settings, accuracy, epochs, and the photos that only one got right.',
    examples: ['runs/photos runs/photos-2', 'runs/photos runs/photos-2 --json'],
  })
    .argument('<first>', "a run's folder")
    .argument('<second>', 'another')
    .option('--json', 'print it as JSON')
    .action((first: string, second: string, { json }: { readonly json?: true }) =>
      runAndExit(() => compare(first, second, json), { json }),
    );
}

async function compare(first: string, second: string, json: true | undefined): Promise<number> {
  const host = commandHost();
  const runs = [await summaryOf(host, first), await summaryOf(host, second)] as const;
  const comparison = compareRuns(...runs);
  if (json) console.log(JSON.stringify({ runs: [first, second], ...comparison }, null, 2));
  else print(comparison, [runs[0].run, runs[1].run].map(printable));
  return exitCodes.done;
}

function print({ differences, scores, epochs, photos }: Comparison, names: readonly string[]): void {
  const shown = ({ right, total, low, high }: Score) =>
    `${percent(right / total)} of ${total} (${percent(low)} to ${percent(high)})`;
  const settings = differences.map(({ name, before, now }) => [
    flagOf(name),
    valueText(before),
    valueText(now),
  ]);
  printTable(
    table([
      ['', ...names],
      ['accuracy', ...scores.map((score) => (score ? shown(score) : '–'))],
      ...settings,
    ]),
  );
  console.log('  (in brackets: where the accuracy on many more such photos lies, 95 times of 100)');
  if (settings.length === 0) console.log('  the settings are the same');
  if (epochs.length > 0) {
    console.log();
    const cells = epochs.map((pair, i) => [
      String(i + 1),
      ...pair.flatMap((epoch) =>
        epoch
          ? [lossText(epoch.train.loss), lossText(epoch.valid.loss), percent(epoch.valid.accuracy)]
          : ['', '', ''],
      ),
    ]);
    const heads = names.flatMap((name) => [`${name}: train loss`, 'val loss', 'val right']);
    printTable(table([['epoch', ...heads], ...fewOf(cells)]));
  }
  console.log();
  if (!photos) return console.log('  One of them has no answers to single photos.');
  if (photos.judgedByBoth === 0)
    return console.log(
      '  They were judged by different photos: mind that when you compare their accuracies.',
    );
  console.log(`  Of ${plural(photos.judgedByBoth, 'photo')} that both were judged by, only`);
  printFiles(names[0] ?? '', photos.onlyFirst);
  printFiles(names[1] ?? '', photos.onlySecond);
}

const SHOWN_FILES = 10;

function printFiles(name: string, files: readonly string[]): void {
  console.log(`  ${name} got ${files.length} right${files.length > 0 ? ':' : ''}`);
  for (const file of files.slice(0, SHOWN_FILES)) console.log(`    ${printable(file)}`);
  if (files.length > SHOWN_FILES) console.log(`    and ${files.length - SHOWN_FILES} more`);
}

const MOST_EPOCHS = 20;

/** All rows, or evenly chosen ones with the first and the last. */
function fewOf<T>(rows: readonly T[]): readonly T[] {
  if (rows.length <= MOST_EPOCHS) return rows;
  const step = (rows.length - 1) / (MOST_EPOCHS - 1);
  return Array.from({ length: MOST_EPOCHS }, (_, i) => rows[Math.round(i * step)]).filter(
    (row): row is T => row !== undefined,
  );
}

const valueText = (value: TrainConfig[keyof TrainConfig]): string =>
  value === null ? 'none' : printable(String(value));
