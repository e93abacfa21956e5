// What was found in a folder of photos: how many per class, and what had to be left out and why.
import { colours as pc } from './terminal/colours.ts';
import { countByClass, type Dataset, type SkippedFile } from '../data/index.ts';
import { count, printable } from '../format.ts';
import { table } from '../report/text/table.ts';
import { heading, printTable } from './terminal/format.ts';

const SHOWN_SKIPPED = 10;
const SHOWN_CLASSES = 30;

/** Prints the classes with their numbers of photos, then the files that were skipped. */
export function printData(dir: string, { classes, train, valid, skipped, ignored }: Dataset): void {
  const [trained, validated] = [train, valid].map(({ labels }) => countByClass(labels, classes.length));
  const rows = classes.map((name, i) => [
    printable(name),
    count(trained?.[i] ?? 0),
    count(validated?.[i] ?? 0),
  ]);
  const more = rows.length - SHOWN_CLASSES;
  heading('data', printable(dir));
  const lines = table([
    ['class', 'train', 'val'],
    ...rows.slice(0, SHOWN_CLASSES),
    ...(more > 0 ? [[`and ${more} more`, '', '']] : []),
    ['total', count(train.count), count(valid.count)],
  ]);
  printTable(lines);
  printSkipped(skipped);
  if (ignored > 0) console.log(pc.dim(`  ${count(ignored)} other files ignored`));
}

/** Prints the files that had to be left out, the first few of many. */
export function printSkipped(skipped: readonly SkippedFile[]): void {
  if (skipped.length > 0) console.log(pc.yellow(`  ${skipped.length} skipped:`));
  for (const { path, reason } of skipped.slice(0, SHOWN_SKIPPED))
    console.log(`    ${printable(path)} ${printable(reason)}`);
  if (skipped.length > SHOWN_SKIPPED) console.log(`    and ${skipped.length - SHOWN_SKIPPED} more`);
}
