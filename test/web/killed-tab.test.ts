// The process of a tab is killed in the middle of a run, as by a system that needs its memory. What the run had kept goes on in a new tab,
// to the same bits as a run that nothing happened to.
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { photoFolder } from './photos.ts';
import { openKnownSite } from './known-site.ts';
import type { OpenSite } from './site.ts';

const there = hasBrowser('killed tabs', { page: true });

describe.skipIf(!there)('a run whose tab is killed', () => {
  let home: string;
  let site: OpenSite;
  beforeAll(async () => {
    home = await photoFolder({ red: 0, blue: 1 }, 8);
    site = await openKnownSite();
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  it('goes on in a new one to the same bits', async () => {
    let { page } = site;
    const train = () => page.getByRole('button', { name: 'Train', exact: true });
    await page.getByText('Computing on').waitFor();
    await page.getByLabel('Choose a folder').last().setInputFiles(`${home}/photos`);
    await page.getByLabel('Epochs').fill('8'); // enough that the second run is not over before it is killed
    await train().click();
    await page.getByRole('heading', { name: 'Result' }).waitFor();
    await train().waitFor();

    const tab = await site.context.newCDPSession(page);
    await train().click();
    await page.getByRole('button', { name: 'Stop' }).waitFor(); // what is shown is no longer the run before
    await page.locator('.figures').waitFor(); // an epoch is over, and kept
    const died = page.waitForEvent('crash');
    tab.send('Page.crash').catch(() => undefined); // who died cannot answer
    await died;
    page = await site.context.newPage();
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Go on with the last run' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await train().waitFor();

    const models = await page.evaluate(async () => {
      type Handle = FileSystemDirectoryHandle | FileSystemFileHandle;
      type Listed = FileSystemDirectoryHandle & { values(): AsyncIterable<Handle> };
      const found: string[] = [];
      const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
        for await (const handle of (folder as Listed).values())
          if (handle.kind === 'directory') await walk(handle);
          else if (handle.name === 'best.safetensors') {
            const bytes = await (await handle.getFile()).arrayBuffer();
            found.push(String(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))));
          }
      };
      await walk(await navigator.storage.getDirectory());
      return found;
    });
    expect(models).toHaveLength(2);
    expect(models[1]).toBe(models[0]);
  });
});
