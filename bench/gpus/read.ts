// The files of bench/reports, which come from anybody: each is read as one that nobody trusts.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../../src/bench/errors.ts';
import { decodeResults, type Results } from '../../src/bench/results.ts';
import { packageFile } from '../../src/platform/node/package.ts';

/** A whole report has a tenth of that. Bytes. */
const MOST_BYTES = 2e6;

export interface ReportFile {
  /** Such as `lavapipe.json`. */
  readonly name: string;
  readonly results: Results;
}

/** All reports of a folder by name. Throws `BenchError` that names the file for one that is none or too large. */
export function readReports(folder = packageFile('bench/reports')): ReportFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => ({ name, results: readReport(join(folder, name), name) }));
}

function readReport(path: string, name: string): Results {
  const refuse = (why: string) => new BenchError('no-results', `${name}: ${why}`);
  if (!/^[a-z0-9][a-z0-9.-]{0,60}\.json$/.test(name))
    throw refuse('a report is named in small letters, digits, dots and hyphens.');
  if (statSync(path).size > MOST_BYTES) throw refuse(`it is larger than ${MOST_BYTES / 1e6} MB.`);
  const results = decodeResults(readFileSync(path, 'utf8'), name);
  if (results.report === undefined) throw refuse('it is no report: graft bench --report FILE writes one.');
  return results;
}
