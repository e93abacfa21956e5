// npm run gpus: writes what bench/reports has into docs/gpus.md. Give it the file of a new report, and it is checked and put there first.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { format } from 'prettier';
import { BenchError } from '../../src/bench/errors.ts';
import { packageFile } from '../../src/platform/node/package.ts';
import { withReports } from './page.ts';
import { readReports } from './read.ts';

const PAGE = packageFile('docs/gpus.md');

try {
  for (const path of process.argv.slice(2)) add(path);
  const made = withReports(readFileSync(PAGE, 'utf8'), readReports());
  writeFileSync(PAGE, await format(made, { parser: 'markdown' }));
  console.log('docs/gpus.md');
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

/** Copies a report into the folder, once it has been read as those there are. */
function add(path: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'graft-report-'));
  try {
    copyFileSync(path, join(folder, basename(path)));
    readReports(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  copyFileSync(path, packageFile(`bench/reports/${basename(path)}`));
  console.log(`bench/reports/${basename(path)}`);
}
