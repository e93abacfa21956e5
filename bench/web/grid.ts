/** How smoothly a class of thousands of photos is scrolled: the time from one frame to the next, and how many cells there are. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plural } from '../../src/format.ts';
import { picture } from '../../test/support/cli.ts';
import { openSite } from '../../test/web/site.ts';
import { spread } from '../peers/statistics.ts';
import { framesWhile } from './frames.ts';

const TURNS = 120;

/** Brings in `count` small photos of one class, opens it, and turns the mouse wheel through all of them. */
export async function measureGrid(count: number): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'graft-grid-'));
  const site = await openSite();
  try {
    await mkdir(join(home, 'photos', 'red'), { recursive: true });
    for (let i = 0; i < count; i++) await writeFile(join(home, 'photos', 'red', `${i}.png`), picture(0, i));
    const { page } = site;
    page.setDefaultTimeout(600_000);
    await page.getByText('Computing on').waitFor();
    await page.getByLabel('Choose a folder').last().setInputFiles(home);
    await page.getByText(`${plural(count, 'photo')} added`).waitFor();
    await page.getByRole('button', { name: 'Show all photos of red' }).click();
    const grid = page.getByRole('listbox', { name: 'Photos of red' });
    await grid.hover();
    const height = await grid.evaluate((list) => list.scrollHeight);
    const times = await framesWhile(page, async () => {
      for (let turn = 0; turn < TURNS; turn++) await page.mouse.wheel(0, height / TURNS);
    });
    const { median, max } = spread(times);
    const cells = await page.locator('[role=option]').count();
    console.log(
      `grid: ${count} photos scrolled from end to end; from frame to frame ${median.toFixed(1)} ms, ${max.toFixed(0)} at the most; ${cells} cells at its end`,
    );
  } finally {
    await site.close();
    await rm(home, { recursive: true, force: true });
  }
}
