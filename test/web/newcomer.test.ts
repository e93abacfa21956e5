// Four actions from a folder of photos to a trained network: open, drop, train, try. With UPDATE_SCREENSHOTS=1 the pictures in
// docs/train-in-a-tab.md are taken anew.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { dropOn } from './photos.ts';
import { openSite, type OpenSite } from './site.ts';

const DOCS = fileURLToPath(new URL('../../docs/train-in-a-tab', import.meta.url));
const there = hasBrowser('the four actions of a newcomer', { page: true });

interface Emoji {
  readonly image: string;
  readonly subcategory: string;
}

/** Emoji of one kind as files, of a company's own drawing. */
async function emoji(subcategory: string): Promise<Uint8Array[]> {
  const json = createRequire(import.meta.url).resolve('emoji-datasource-google/emoji.json');
  const all = JSON.parse(await readFile(json, 'utf8')) as readonly Emoji[];
  const images = all.filter((one) => one.subcategory === subcategory).map(({ image }) => image);
  return Promise.all(images.map((image) => readFile(join(dirname(json), 'img/google/64', image))));
}

/** Three classes of twenty; the rest are new to the network. */
const KINDS = { fruit: 'food-fruit', mammals: 'animal-mammal', vehicles: 'transport-ground' };
const TRAINED = 18;

describe.skipIf(!there)('a newcomer with a folder of photos', () => {
  let site: OpenSite;
  let page: Page;
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-newcomer-'));
    site = await openSite();
    ({ page } = site);
    await page.setViewportSize({ width: 1100, height: 900 });
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  async function photograph(name: string, heading: string): Promise<void> {
    if (!process.env['UPDATE_SCREENSHOTS']) return;
    await page.getByRole('heading', { name: heading, exact: true }).scrollIntoViewIfNeeded();
    await page.evaluate(
      (text) =>
        Array.from(document.querySelectorAll('h1, h2'))
          .find((one) => one.textContent === text)
          ?.scrollIntoView(),
      heading,
    );
    await mkdir(DOCS, { recursive: true });
    await page.screenshot({ path: join(DOCS, `${name}.png`) });
  }
  const settled = () => page.locator('.status .idle').waitFor({ state: 'attached' });

  it('reaches a trained network with four actions', async () => {
    // 1. Open.
    await page.getByText('Computing on').waitFor();
    await photograph('1-open', 'Train a network on your own photos');

    // 2. Drop: a script can give a drop no folder, so it comes as the zip of one.
    const sets = await Promise.all(
      Object.entries(KINDS).map(async ([name, kind]) => [name, await emoji(kind)] as const),
    );
    const files = sets.flatMap(([name, images]) =>
      images.slice(0, TRAINED).map((bytes, i) => [`things/${name}/${i}.png`, bytes] as const),
    );
    await dropOn(page.locator('.drop').first(), { 'things.zip': zipSync(Object.fromEntries(files)) });
    await expect.poll(() => page.locator('.classes > li').count()).toBe(3);
    await settled();
    await page.locator('.stages').waitFor();
    await photograph('2-drop', 'Photos');

    // 3. Train.
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 280_000 });
    await settled();
    const [accuracy = '0'] = /[\d.]+/.exec(await page.locator('.figures').innerText()) ?? [];
    expect(Number(accuracy)).toBeGreaterThan(75); // chance is a third
    await photograph('3-train', 'Train');

    // 4. Try.
    const fresh = sets.map(([name]) => join(home, `${name}.png`));
    for (const [i, [, images]] of sets.entries())
      await writeFile(fresh[i] ?? '', images[TRAINED] ?? new Uint8Array());
    await page.getByLabel('Choose photos to try').last().setInputFiles(fresh);
    await expect.poll(() => page.locator('.answers > li').count()).toBe(3);
    await settled();
    const said = await page.locator('.answers > li dl > :first-child dt').allInnerTexts();
    expect(said.filter((name, i) => name === sets[i]?.[0]).length).toBeGreaterThanOrEqual(2);
    await photograph('4-try', 'Try it');
    expect(site.complaints).toEqual([]);
  });
});
