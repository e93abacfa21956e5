// What was found in a folder of photos: how many per class, and what had to be left out and why.
import type { Dataset, SkippedFile } from '../data/index.ts';
import { count, printable } from '../format.ts';
import { datasetTable } from '../report/text/dataset.ts';
import { skippedTexts } from '../run/texts.ts';
import { colours as pc } from './terminal/colours.ts';
import { heading, printTable } from './terminal/format.ts';

/** Prints the classes with their numbers of photos, then the files that were skipped. */
export function printData(dir: string, data: Dataset): void {
  heading('data', printable(dir));
  printTable(datasetTable(data));
  printSkipped(data.skipped);
  if (data.ignored > 0) console.log(pc.dim(`  ${count(data.ignored)} other files ignored`));
}

/** Prints the files that had to be left out, the first few of many. */
export function printSkipped(skipped: readonly SkippedFile[]): void {
  const texts = skippedTexts(skipped);
  if (!texts) return;
  console.log(pc.yellow(`  ${texts.head}`));
  for (const row of texts.rows) console.log(`    ${row}`);
}
