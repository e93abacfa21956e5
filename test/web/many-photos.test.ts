// Many photos come in, and the page shows those in sight alone. How long its thread is taken meanwhile: `npm run bench:web -- photos`.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { picture } from '../support/cli.ts';
import { cards } from './photos.ts';
import { settled } from './projects.ts';
import { openKnownSite } from './known-site.ts';
import type { OpenSite } from './site.ts';

const there = hasBrowser('many photos', { page: true });
/** Half of them in a class: several times what a window shows. */
const COUNT = 800;

describe.skipIf(!there)('many photos', () => {
  let home: string;
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-many-'));
    for (const [label, name] of ['red', 'blue'].entries()) {
      await mkdir(join(home, 'photos', name), { recursive: true });
      for (let i = 0; i < COUNT / 2; i++)
        await writeFile(join(home, 'photos', name, `${i}.png`), picture(label, i));
    }
    site = await openKnownSite();
    ({ page } = site);
    await settled(page);
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  it('come in', async () => {
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await page.getByText(`${COUNT} photos added`).waitFor({ timeout: 240_000 });
    expect(await cards(page)).toEqual([`blue: ${COUNT / 2} photos`, `red: ${COUNT / 2} photos`]);
  });

  it('are shown by those in sight alone, whose addresses are given back', async () => {
    await page.evaluate(() => {
      const live = new Set<string>();
      Object.assign(globalThis, { live });
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (blob: Blob) => {
        const url = createObjectURL.call(URL, blob);
        live.add(url);
        return url;
      };
      URL.revokeObjectURL = (url: string) => {
        live.delete(url);
        revokeObjectURL.call(URL, url);
      };
    });
    const counts = () =>
      page.evaluate(() => ({
        nodes: document.querySelectorAll('*').length,
        options: document.querySelectorAll('[role=option]').length,
        urls: (globalThis as unknown as { live: Set<string> }).live.size,
      }));
    await page.getByRole('button', { name: 'Show all photos of blue' }).click();
    const grid = page.getByRole('listbox', { name: 'Photos of blue' });
    await page
      .locator(`[role=option][aria-setsize="${COUNT / 2}"]`)
      .first()
      .waitFor();
    await grid.focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('PageDown');
    await page.keyboard.press('End');
    await page.locator(`[role=option][aria-posinset="${COUNT / 2}"] img`).waitFor();
    const { nodes, options, urls } = await counts();
    expect(options).toBeLessThan(150);
    expect(nodes).toBeLessThan(options * 2 + 300);
    expect(urls).toBeLessThanOrEqual(options);
    await page.getByRole('button', { name: 'Close photos of blue' }).click();
    await expect.poll(async () => (await counts()).urls).toBe(0);
    expect(site.complaints).toEqual([]);
  });
});
