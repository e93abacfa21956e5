// What was found in a folder of photos: how many per class, and what had to be left out and why.
import type { Dataset, SkippedFile } from '../data/index.ts';
import { count, printable } from '../format.ts';
import { datasetTable } from '../report/text/dataset.ts';
import { colours as pc } from './terminal/colours.ts';
import { heading, printTable } from './terminal/format.ts';

const SHOWN_SKIPPED = 10;

/** Prints the classes with their numbers of photos, then the files that were skipped. */
export function printData(dir: string, data: Dataset): void {
  heading('data', printable(dir));
  printTable(datasetTable(data));
  printSkipped(data.skipped);
  if (data.ignored > 0) console.log(pc.dim(`  ${count(data.ignored)} other files ignored`));
}

/** Prints the files that had to be left out, the first few of many. */
export function printSkipped(skipped: readonly SkippedFile[]): void {
  if (skipped.length > 0) console.log(pc.yellow(`  ${skipped.length} skipped:`));
  for (const { path, reason } of skipped.slice(0, SHOWN_SKIPPED))
    console.log(`    ${printable(path)} ${printable(reason)}`);
  if (skipped.length > SHOWN_SKIPPED) console.log(`    and ${skipped.length - SHOWN_SKIPPED} more`);
}
