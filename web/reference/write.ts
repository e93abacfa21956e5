// npm run reference: writes the reference beside the built site.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { referenceFiles } from './render.ts';

const site = new URL('../../dist/web/', import.meta.url);
await rm(new URL('reference/', site), { recursive: true, force: true });
for (const [path, content] of await referenceFiles()) {
  const file = new URL(path, site);
  await mkdir(dirname(file.pathname), { recursive: true });
  await writeFile(file, content);
}
