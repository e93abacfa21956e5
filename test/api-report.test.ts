/** What the package exports is what the reports in docs/api say: nobody who builds on it is surprised by a change that nobody meant. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ENTRIES, readApi } from '../docs/api/exports.ts';
import { reportsOf } from '../docs/api/report.ts';

const reports = reportsOf(readApi());

it.each(ENTRIES)('%s exports what its report says', async (entry) => {
  const known = await readFile(new URL(`../docs/api/${entry}.api.md`, import.meta.url), 'utf8');
  expect(
    reports[entry],
    'What the package exports has changed. If it was meant: `npm run api` writes the reports anew, and CHANGELOG.md says under Unreleased what users notice.',
  ).toBe(known);
});
