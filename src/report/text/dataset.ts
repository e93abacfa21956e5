/** What was found in a folder of photos, as a table in characters: photos of each class, of which the first are shown. */
import { countByClass, type Dataset } from '../../data/index.ts';
import { count, printable } from '../../format.ts';
import { table } from './table.ts';

const SHOWN_CLASSES = 30;

/** The first line is the heads of the columns. */
export function datasetTable({ classes, train, valid }: Dataset): string[] {
  const [trained, validated] = [train, valid].map(({ labels }) => countByClass(labels, classes.length));
  const rows = classes.map((name, i) => [
    printable(name),
    count(trained?.[i] ?? 0),
    count(validated?.[i] ?? 0),
  ]);
  const more = rows.length - SHOWN_CLASSES;
  return table([
    ['class', 'train', 'val'],
    ...rows.slice(0, SHOWN_CLASSES),
    ...(more > 0 ? [[`and ${more} more`, '', '']] : []),
    ['total', count(train.count), count(valid.count)],
  ]);
}
