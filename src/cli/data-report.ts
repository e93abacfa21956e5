// What was found in a folder of photos: how many per class, and what had to be left out and why.
import type { Dataset, SkippedFile } from '../data/index.ts';
import { printable } from '../format.ts';
import { datasetTable } from '../report/text/dataset.ts';
import { ignoredText, keptText, skippedTexts, wrapped } from '../run/texts.ts';
import { colours as pc } from './terminal/colours.ts';
import { heading, printTable } from './terminal/format.ts';

/** Of a line behind its indent. */
const COLUMNS = 78;

/** Prints the classes with their numbers of photos, then what was made of their folder and the files that were skipped. */
export function printData(dir: string, data: Dataset, notes: readonly string[] = []): void {
  heading('data', printable(dir));
  printTable(datasetTable(data));
  const kept = keptText(data.kept);
  if (kept) console.log(pc.dim(`  ${kept}`));
  for (const note of notes) console.log(pc.yellow(`  ${printable(note)}`));
  printSkipped(data.skipped);
  const others = ignoredText(data.ignored);
  if (others) for (const line of wrapped(others, COLUMNS)) console.log(pc.dim(`  ${line}`));
}

/** Prints the files that had to be left out, the first few of many. */
export function printSkipped(skipped: readonly SkippedFile[]): void {
  const texts = skippedTexts(skipped);
  if (!texts) return;
  console.log(pc.yellow(`  ${texts.head}`));
  for (const row of texts.rows) console.log(`    ${row}`);
}
