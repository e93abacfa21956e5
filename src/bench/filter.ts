// Which rows run: those whose name contains what was asked for. Names are `operation shape`, so that `conv2d`, `conv2d.forward`,
// `layer1` and `128²` all mean what they seem to.
import { BenchError } from './errors.ts';
import { idOf, type RowName } from './benchmark.ts';

/**
 * The rows whose name contains one of `words`, upper and lower case alike, and all parts of `filter`; all rows without any.
 * Throws `BenchError` for a word that is in no name.
 */
export function matching<R extends RowName>(
  rows: readonly R[],
  words: readonly string[],
  filter?: string,
): R[] {
  const contains = (row: R, text: string) => idOf(row).toLowerCase().includes(text.toLowerCase());
  const narrowing = filter?.split(/\s+/).filter((part) => part !== '') ?? [];
  for (const text of [...words, ...narrowing]) {
    if (rows.some((row) => contains(row, text))) continue;
    const operations = [...new Set(rows.map(({ operation }) => operation))].join(', ');
    throw new BenchError(
      'no-such-row',
      `No benchmark has "${text}" in its name.`,
      `There are: ${operations}.`,
    );
  }
  const found = rows.filter(
    (row) =>
      (words.length === 0 || words.some((word) => contains(row, word))) &&
      narrowing.every((part) => contains(row, part)),
  );
  if (found.length === 0)
    throw new BenchError('no-such-row', `No benchmark is ${[...words, ...narrowing].join(' and ')} at once.`);
  return found;
}
