// A photo in the wrong folder, and what the page shows of it once a network took it for what it is: the mistake, and where it looked.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { picture } from '../support/cli.ts';
import { openKnownSite } from './known-site.ts';
import { axeViolations, chooseSmall, type OpenSite } from './site.ts';

const there = hasBrowser('mistakes', { page: true });

describe.skipIf(!there)('a mistake on the page', () => {
  let home: string;
  let site: OpenSite;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-mistakes-'));
    for (const [label, name] of ['red', 'blue'].entries())
      for (const [part, count] of [
        ['train', 8],
        ['val', 3],
      ] as const) {
        const folder = join(home, 'photos', part, name);
        await mkdir(folder, { recursive: true });
        for (let i = 0; i < count; i++)
          await writeFile(join(folder, `${i}.png`), picture(label, part === 'val' ? 100 + i : i));
      }
    await writeFile(join(home, 'photos/val/blue/wrong.png'), picture(0, 200));
    site = await openKnownSite();
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  it('is shown with its photo, and where the network looked', async () => {
    const { page } = site;
    await page.getByText('Computing on').waitFor();
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await chooseSmall(page, 12);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { name: 'The mistakes that it was surest of' }).waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
    const mistake = page.getByAltText('blue, taken for red').first();
    const photo = await mistake.getAttribute('src');
    const choice = page.getByRole('checkbox', { name: 'Show where it looked' });
    await choice.check();
    await expect.poll(() => mistake.getAttribute('src')).not.toBe(photo);
    const size = () => mistake.evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(size).toBe(256); // the overlay; the photo is smaller
    expect(await axeViolations(page)).toEqual([]);
    await choice.uncheck();
    await expect.poll(() => mistake.getAttribute('src')).toBe(photo);
    expect(site.complaints).toEqual([]);
  });
});
