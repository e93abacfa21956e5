// `graft mistakes`: the photos that a run's model told otherwise than their labels say, for people or as CSV for other programs.
import { extname, join } from 'node:path';
import { Option, type Command } from 'commander';
import { count, plural, printable } from '../format.ts';
import { checkOutput, writeOutput } from '../platform/node/output-file.ts';
import type { RunEvent } from '../run/events.ts';
import { mistakesOf, type Mistakes } from '../run/mistakes-of-run.ts';
import {
  mistakeCsv,
  mistakeParts,
  MISTAKES_CSV_HEADER,
  type FoundMistake,
  type MistakePart,
} from '../run/mistakes.ts';
import { summaryOf } from '../run/runs.ts';
import { addCommand, exitCodes, runAndExit } from './command.ts';
import { commandHost } from './device.ts';
import { chosenModel } from './model-choice.ts';
import { resumeCommand } from './remedies.ts';
import { aligned } from './terminal/format.ts';
import { TrainDisplay } from './train/display.ts';

interface MistakesOptions {
  readonly part?: MistakePart;
  readonly csv?: true;
  readonly output?: string;
}

/** Adds `graft mistakes` to the program. */
export function addMistakesCommand(program: Command): void {
  addCommand(program, 'mistakes', {
    description: "List the photos that a run's model told otherwise than their labels say.",
    examples: ['', 'runs/photos --csv', '--output mistakes.csv'],
    notes: `Validation photos are told by the model, the surest mistakes first. Training photos are
told by a head that has not learned from them, the least likely labels first. Look there
for wrong labels, photos of two classes, and what the training photos lack.`,
  })
    .argument('[run]', "a run's folder (default: the newest run)")
    .addOption(new Option('--part <name>', 'which photos (default: both parts)').choices(mistakeParts))
    .option('--csv', 'print comma-separated values: a row per photo')
    .option('--output <file>', 'write that to a file; .csv says which of the two')
    .action((run: string | undefined, options: MistakesOptions) =>
      runAndExit(() => listMistakes(run, options)),
    );
}

async function listMistakes(
  named: string | undefined,
  { part, csv, output }: MistakesOptions,
): Promise<number> {
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
  const parts = part === undefined ? mistakeParts : [part];
  const found = await mistakesOf(host, summary, parts, { tell, signal }).finally(() => display.clear());
  const root = summary.config.data ?? (await host.drawings()).root;
  const pathOf = ({ file }: FoundMistake) => join(root, file);
  const all = found.flatMap(({ mistakes }) => mistakes);
  const lines = isCsv
    ? [MISTAKES_CSV_HEADER, ...all.map((mistake) => mistakeCsv(mistake, pathOf(mistake)))]
    : found.flatMap((one) => [
        titleOf(run, one),
        ...one.mistakes.map((mistake) => asText(mistake, pathOf(mistake))),
      ]);
  if (output === undefined) for (const line of lines) console.log(line);
  else {
    await writeOutput(output, new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
    console.log(`Wrote ${printable(output)}.`);
  }
  return exitCodes.done;
}

const titles: Readonly<Record<MistakePart, { readonly photo: string; readonly order: string }>> = {
  val: { photo: 'validation photo', order: 'the surest first' },
  train: { photo: 'training photo', order: 'the least likely label first' },
};

function titleOf(run: string, { part, mistakes, judged }: Mistakes): string {
  const { photo, order } = titles[part];
  const subject = part.padEnd(INDENT);
  if (judged === undefined)
    return `${subject}this run kept no answers to its ${photo}s; ${resumeCommand(run)} makes them`;
  const what = `${count(mistakes.length)} of ${plural(judged, photo)} told otherwise than labelled`;
  return subject + what + (mistakes.length > 1 ? `, ${order}` : '');
}

/** Of the subject of a line. */
const INDENT = 12;

const asText = ({ label, answer, probability }: FoundMistake, path: string): string =>
  `${aligned(probability)}  ${printable(path)}  ${printable(label)} taken for ${printable(answer)}`;
