// A browser that gives no more room, and one that gives none at all: the page says so, loses nothing and goes on where it can.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { photoFolder } from './photos.ts';
import { openMenu, settled, withoutStorage } from './projects.ts';
import { openKnownSite } from './known-site.ts';
import { chooseSmall, type OpenSite } from './site.ts';

const there = hasBrowser('a page without room', { page: true });

describe.skipIf(!there)('a page', () => {
  let home: string;
  let site: OpenSite;

  beforeAll(async () => {
    home = await photoFolder({ red: 0, blue: 1 }, 4);
    site = await openKnownSite();
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  const addPhotos = async (page: Page) => {
    await settled(page);
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await expect.poll(() => page.locator('.classes > li').count(), { timeout: 30_000 }).toBe(2);
    await settled(page);
  };
  const train = async (page: Page) => {
    await chooseSmall(page, 1);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 240_000 });
    await settled(page);
  };
  const takeRun = async (page: Page): Promise<string> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Whole run (zip)' }).click(),
    ]);
    const path = join(home, 'run.zip');
    await download.saveAs(path);
    return path;
  };
  /** Lets the origin store so many bytes more than it has. */
  const limit = async (page: Page, bytes: number): Promise<() => Promise<void>> => {
    const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
    const session = await site.context.newCDPSession(page);
    const { origin } = new URL(site.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + bytes });
    return () => session.detach();
  };

  it('without more room says so, keeps what is there, and goes on once there is', async () => {
    const { page } = site;
    await addPhotos(page);
    await train(page);
    const zip = await takeRun(page);
    const lift = await limit(page, 20e6);
    await train(page);
    expect(await page.getByRole('alert').innerText()).toMatch(
      /cannot be written: the browser gives this site no more space\.\s+Nothing is lost: make room/,
    );
    await page.getByRole('heading', { name: 'Try it' }).waitFor(); // the model that is there is still shown
    await page.getByRole('button', { name: 'Make room' }).click();
    await page.getByLabel('Open a project or run').last().setInputFiles(zip);
    await expect.poll(() => page.locator('dialog').getByRole('alert').innerText()).toContain('no more space');
    await page.getByText('Room', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove the run train', exact: true }).click();
    await page.getByRole('button', { name: 'Remove the run', exact: true }).click();
    await expect
      .poll(() => page.getByRole('button', { name: 'Remove the run train', exact: true }).count())
      .toBe(0);
    await lift();
    await page.keyboard.press('Escape');
    await train(page);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.getByRole('heading', { name: 'Try it' }).waitFor();
    await page.reload();
    await expect.poll(() => page.locator('.classes > li').count()).toBe(2);
    expect(site.complaints).toEqual([]);
  });

  it('without storage trains, and gives the run away', async () => {
    const page = await site.context.newPage();
    page.setDefaultTimeout(60_000);
    await withoutStorage(page);
    await page.goto(site.url);
    await page.getByText('This browser keeps nothing for this page').waitFor();
    await addPhotos(page);
    await train(page);
    await takeRun(page);
    await openMenu(page);
    await page.getByLabel('Open a project or run').last().setInputFiles(join(home, 'run.zip'));
    await page.getByText('1 run taken in.').waitFor();
    await page.close();
  });
});
