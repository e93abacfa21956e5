/** npm run api: writes what the package exports into the reports of this folder, for a change that is meant. */
import { writeFile } from 'node:fs/promises';
import { readApi } from './exports.ts';
import { reportsOf } from './report.ts';

for (const [entry, report] of Object.entries(reportsOf(readApi())))
  await writeFile(new URL(`${entry}.api.md`, import.meta.url), report);
console.log('Written. Say in CHANGELOG.md, under Unreleased, what users notice.');
