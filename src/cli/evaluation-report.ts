// How a model did, on a terminal: the two numbers, then each class, then what it takes for what.
import type { Evaluation } from '../run/evaluate.ts';
import { classReport, countAt, mostConfused, type ClassReport, type Confusion } from '../report/index.ts';
import { colours as pc } from './terminal/colours.ts';
import { printSkipped } from './data-report.ts';
import { count, lossText, percent, printable } from '../format.ts';
import { heading, table } from './terminal/format.ts';

const COLUMNS = 80;
const SHOWN_CLASSES = 30;
const SHOWN_CONFUSIONS = 10;
const NAME_WIDTH = 30;

/** The evaluation as an object for other programs. */
export function evaluationJson({ confusion, loss, skipped }: Evaluation): Record<string, unknown> {
  const { classes, total } = confusion;
  const { accuracy, perClass, macro } = classReport(confusion);
  const matrix = classes.map((_, is) => classes.map((_, said) => countAt(confusion, is, said)));
  return { count: total, accuracy, loss, macroF1: macro.f1, classes: perClass, confusion: matrix, skipped };
}

/** Prints an evaluation in 80 columns (names of files apart); the names given are printable. */
export function printEvaluation(
  { confusion, loss, skipped }: Evaluation,
  { device, model, data }: { readonly device: string; readonly model: string; readonly data: string },
): void {
  const report = classReport(confusion);
  const { total } = confusion;
  heading('device', device);
  heading('model', model);
  heading('data', data);
  printSkipped(skipped);
  console.log();
  const right = count(Math.round(report.accuracy * total));
  heading('accuracy', `${percent(report.accuracy)}, ${right} of ${count(total)} photos right`);
  heading('loss', lossText(loss));
  printClasses(report);
  printConfusion(confusion);
}

function printClasses({ perClass }: ClassReport): void {
  const rows = perClass.map(({ name, support, recall, precision, f1 }) => {
    const scores = support === 0 ? ['–', '–', '–'] : [recall, precision, f1].map(percent);
    return [shorten(name), count(support), ...scores];
  });
  const more = rows.length - SHOWN_CLASSES;
  printTable([
    ['class', 'photos', 'recall', 'precision', 'F1'],
    ...rows.slice(0, SHOWN_CLASSES),
    ...(more > 0 ? [[`and ${more} more (--json shows all)`, '', '', '', '']] : []),
  ]);
}

/** The whole matrix where it fits the terminal, else the pairs that are confused most. */
function printConfusion(confusion: Confusion): void {
  const names = confusion.classes.map(shorten);
  const cells = (is: number) => names.map((_, said) => count(countAt(confusion, is, said)));
  const matrix = table([['is \\ said', ...names], ...names.map((name, is) => [name, ...cells(is)])]);
  if ((matrix[0]?.length ?? 0) + 2 <= COLUMNS) return printLines(matrix);
  const pairs = mostConfused(confusion, SHOWN_CONFUSIONS).map((pair) => [
    `${names[pair.actual] ?? ''}  taken for  ${names[pair.predicted] ?? ''}`,
    count(pair.count),
  ]);
  if (pairs.length > 0) printTable([['confused most', 'photos'], ...pairs]);
}

const printTable = (rows: readonly (readonly string[])[]) => printLines(table(rows));

function printLines(lines: readonly string[]): void {
  console.log();
  for (const [i, line] of lines.entries()) console.log(`  ${i === 0 ? pc.dim(line) : line}`);
}

function shorten(name: string): string {
  const shown = [...printable(name)];
  return shown.length > NAME_WIDTH ? `${shown.slice(0, NAME_WIDTH - 1).join('')}…` : shown.join('');
}
