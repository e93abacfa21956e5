/** Photos for the tests of pages: small pictures, mostly red and mostly blue, in folders of classes. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { picture } from '../support/cli.ts';

/** A folder with so many photos of each class, by its name and whether it is red (0) or blue (1). */
export async function photoFolder(classes: Readonly<Record<string, 0 | 1>>, each: number): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'graft-web-'));
  for (const [name, label] of Object.entries(classes)) {
    const folder = join(home, 'photos', name);
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < each; i++) await writeFile(join(folder, `${name}-${i}.png`), picture(label, i));
  }
  return home;
}
