// `graft mistakes`: the photos that a run's model told otherwise than their labels say, for people or as CSV for other programs.
import { extname, join } from 'node:path';
import type { Command } from 'commander';
import { plural, printable } from '../format.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import type { RunEvent } from '../run/events.ts';
import { mistakeCsv, mistakesOf, MISTAKES_CSV_HEADER, type FoundMistake } from '../run/mistakes.ts';
import { summaryOf } from '../run/runs.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { chosenModel } from './model-choice.ts';
import { aligned, heading } from './terminal/format.ts';
import { TrainDisplay } from './train/display.ts';

interface MistakesOptions {
  readonly csv?: true;
  readonly output?: string;
}

/** Adds `graft mistakes` to the program. */
export function addMistakesCommand(program: Command): void {
  addCommand(program, 'mistakes', {
    description: "List the photos that a run's model told otherwise than their labels say.",
    examples: ['', 'runs/photos --csv', '--output mistakes.csv'],
    notes: `The surest come first: look there for wrong labels, photos of two classes, and what the
training photos lack.`,
  })
    .argument('[run]', "a run's folder (default: the newest run)")
    .option('--csv', 'print comma-separated values: a row per photo')
    .option('--output <file>', 'write that to a file; .csv says which of the two')
    .action((run: string | undefined, options: MistakesOptions) =>
      runAndExit(() => listMistakes(run, options)),
    );
}

async function listMistakes(named: string | undefined, { csv, output }: MistakesOptions): Promise<number> {
  const isCsv = csv === true || (output !== undefined && extname(output).toLowerCase() === '.csv');
  // Other programs read what is printed, unless it goes to a file.
  const isForPrograms = isCsv && output === undefined;
  if (output !== undefined) await checkOutput(output, undefined, 1e6);
  const host = commandHost();
  const run = await chosenModel(host, named, isForPrograms ? console.error : console.log);
  const summary = await summaryOf(host, run);
  const display = new TrainDisplay();
  const tell = isForPrograms ? () => undefined : (event: RunEvent) => display.show(event);
  const { signal } = new AbortController();
  const { mistakes, judged } = await mistakesOf(host, summary, { tell, signal }).finally(() =>
    display.clear(),
  );
  const root = summary.config.data ?? (await host.drawings()).root;
  const pathOf = ({ file }: FoundMistake) => join(root, file);
  const lines = isCsv
    ? [MISTAKES_CSV_HEADER, ...mistakes.map((mistake) => mistakeCsv(mistake, pathOf(mistake)))]
    : mistakes.map((mistake) => asText(mistake, pathOf(mistake)));
  if (!isForPrograms)
    heading(
      'mistakes',
      `${mistakes.length} of ${plural(judged, 'validation photo')}${mistakes.length > 1 ? ', the surest first' : ''}`,
    );
  if (output === undefined) for (const line of lines) console.log(line);
  else {
    await writeOutput(output, new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
    console.log(`Wrote ${printable(output)}.`);
  }
  return exitCodes.done;
}

const asText = ({ label, answer, probability }: FoundMistake, path: string): string =>
  `${aligned(probability)}  ${printable(path)}  ${printable(label)} taken for ${printable(answer)}`;
