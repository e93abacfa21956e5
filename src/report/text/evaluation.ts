/** How a model did, as tables in characters: each class, then what it takes for what. */
import { count, percent, printable } from '../../format.ts';
import { classReport, countAt, mostConfused, type Confusion } from '../confusion.ts';
import { table } from './table.ts';

const SHOWN_CLASSES = 30;
const SHOWN_CONFUSIONS = 10;
const NAME_WIDTH = 30;

/** Recall, precision and F1 of each class; the first classes are shown. The first line holds the column headings. */
export function classTable(confusion: Confusion): string[] {
  const rows = classReport(confusion).perClass.map(({ name, support, recall, precision, f1 }) => {
    const scores = support === 0 ? ['–', '–', '–'] : [recall, precision, f1].map(percent);
    return [shorten(name), count(support), ...scores];
  });
  const more = rows.length - SHOWN_CLASSES;
  return table([
    ['class', 'photos', 'recall', 'precision', 'F1'],
    ...rows.slice(0, SHOWN_CLASSES),
    ...(more > 0 ? [[`and ${more} more`, '', '', '', '']] : []),
  ]);
}

/** The whole matrix where it fits so many columns, else the pairs that are confused most; nothing where none are. */
export function confusionTable(confusion: Confusion, columns: number): string[] {
  const names = confusion.classes.map(shorten);
  const cells = (is: number) => names.map((_, said) => count(countAt(confusion, is, said)));
  const matrix = table([['is \\ said', ...names], ...names.map((name, is) => [name, ...cells(is)])]);
  if ((matrix[0]?.length ?? 0) <= columns) return matrix;
  const pairs = mostConfused(confusion, SHOWN_CONFUSIONS).map((pair) => [
    `${names[pair.actual] ?? ''}  taken for  ${names[pair.predicted] ?? ''}`,
    count(pair.count),
  ]);
  return pairs.length > 0 ? table([['confused most', 'photos'], ...pairs]) : [];
}

function shorten(name: string): string {
  const shown = [...printable(name)];
  return shown.length > NAME_WIDTH ? `${shown.slice(0, NAME_WIDTH - 1).join('')}…` : shown.join('');
}
