// How a model did, on a terminal: the two numbers, then each class, then what it takes for what.
import type { SkippedFile } from '../data/index.ts';
import { colours as pc } from './colours.ts';
import { printSkipped } from './data-report.ts';
import { count, heading, lossText, percent, printable, table } from './format.ts';

/** How a model did on some photos. */
export interface Evaluation {
  readonly classes: readonly string[];
  readonly count: number;
  /** Mean cross-entropy, natural logarithm. */
  readonly loss: number;
  /** 0 … 1. */
  readonly accuracy: number;
  /** Numbers of photos: rows are the classes as they are, columns as the model says. */
  readonly confusion: readonly (readonly number[])[];
  readonly skipped: readonly SkippedFile[];
}

const COLUMNS = 80;
const SHOWN_CLASSES = 30;
const SHOWN_CONFUSIONS = 10;
const NAME_WIDTH = 30;

/** Prints an evaluation in 80 columns (names of files apart); the names given are printable. */
export function printEvaluation(
  evaluation: Evaluation,
  { device, model, data }: { readonly device: string; readonly model: string; readonly data: string },
): void {
  const { accuracy, loss, count: photos } = evaluation;
  heading('device', device);
  heading('model', model);
  heading('data', data);
  printSkipped(evaluation.skipped);
  console.log();
  heading(
    'accuracy',
    `${percent(accuracy).trim()}, ${count(Math.round(accuracy * photos))} of ${count(photos)} photos right`,
  );
  heading('loss', lossText(loss));
  printClasses(evaluation);
  printConfusion(evaluation);
}

function printClasses({ classes, confusion }: Evaluation): void {
  const rows = classes.map((name, i) => {
    const photos = sum(confusion[i] ?? []);
    const said = sum(confusion.map((row) => row[i] ?? 0));
    const right = confusion[i]?.[i] ?? 0;
    const share = (of: number) => (of === 0 ? '–' : percent(right / of).trim());
    return [shorten(name), count(photos), share(photos), share(said)];
  });
  const more = rows.length - SHOWN_CLASSES;
  printTable([
    ['class', 'photos', 'recall', 'precision'],
    ...rows.slice(0, SHOWN_CLASSES),
    ...(more > 0 ? [[`and ${more} more (--json shows all)`, '', '', '']] : []),
  ]);
}

/** The whole matrix where it fits the terminal, else the pairs that are confused most. */
function printConfusion({ classes, confusion }: Evaluation): void {
  const names = classes.map(shorten);
  const matrix = table([
    ['is \\ said', ...names],
    ...confusion.map((row, i) => [names[i] ?? '', ...row.map(count)]),
  ]);
  if ((matrix[0]?.length ?? 0) + 2 <= COLUMNS) return printLines(matrix);
  const pairs = confusion
    .flatMap((row, is) => row.map((times, said) => ({ is, said, times })))
    .filter(({ is, said, times }) => is !== said && times > 0)
    .sort((a, b) => b.times - a.times || a.is - b.is || a.said - b.said)
    .slice(0, SHOWN_CONFUSIONS)
    .map(({ is, said, times }) => [`${names[is] ?? ''}  taken for  ${names[said] ?? ''}`, count(times)]);
  if (pairs.length > 0) printTable([['confused most', 'photos'], ...pairs]);
}

const printTable = (rows: readonly (readonly string[])[]) => printLines(table(rows));

function printLines(lines: readonly string[]): void {
  console.log();
  for (const [i, line] of lines.entries()) console.log(`  ${i === 0 ? pc.dim(line) : line}`);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function shorten(name: string): string {
  const shown = [...printable(name)];
  return shown.length > NAME_WIDTH ? `${shown.slice(0, NAME_WIDTH - 1).join('')}…` : shown.join('');
}
