// Builds the site once for all test files of a run, which otherwise each take seconds to build the same one.
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_SITE, buildSite } from './site.ts';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[BUILT_SITE] !== undefined) return undefined; // another project of this run is at it
  const folder = mkdtempSync(join(tmpdir(), 'graft-site-'));
  process.env[BUILT_SITE] = folder; // which the processes of tests inherit
  for (const [path, content] of await buildSite())
    await writeFile(join(folder, encodeURIComponent(path)), content);
  return () => rm(folder, { recursive: true, force: true });
}
