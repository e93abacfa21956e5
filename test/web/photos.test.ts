// Photos as they come in, whatever somebody drops, and what is done with them: in the built site, in headless Chromium.
import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { picture } from '../support/cli.ts';
import { cards, dropOn } from './photos.ts';
import { contentsOf, settled } from './projects.ts';
import { openKnownSite } from './known-site.ts';
import { axeViolations, type OpenSite } from './site.ts';

const there = hasBrowser('photos on the train page', { page: true });

describe.skipIf(!there)('photos on the train page', () => {
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    site = await openKnownSite();
    ({ page } = site);
    await settled(page);
  });
  afterAll(() => site.close());

  const drop = (files: Readonly<Record<string, Uint8Array>>) => dropOn(page.locator('.drop').first(), files);
  const card = (name: string) =>
    page.locator('.classes > li', { has: page.getByLabel(`Name of the class ${name}`, { exact: true }) });
  const shows = (...expected: string[]) =>
    expect.poll(() => cards(page), { timeout: 60_000 }).toEqual(expected);
  const undo = () => page.getByRole('button', { name: 'Undo' }).click();
  /** How many files of photos the project keeps. */
  const kept = async () =>
    (await contentsOf(page, 'projects')).filter(([path]) => /\/photos\/p-\w+$/.test(path)).length;
  const zip = (files: Readonly<Record<string, Uint8Array>>) => Buffer.from(zipSync(files, { level: 0 }));

  it('come by a zip archive whose folders are classes, and what is wrong in it is told', async () => {
    await drop({
      'set.zip': zip({
        'set/train/cats/1.png': picture(0, 1),
        'set/train/cats/2.png': picture(0, 2),
        'set/train/cats/2-copy.png': picture(0, 2),
        'set/train/dogs/1.png': picture(1, 1),
        'set/val/cats/1.png': picture(0, 3),
        'set/val/dogs/1.png': picture(1, 3),
        'set/train/cats/../../../evil.png': picture(0, 9),
        'set/train/cats/damaged.png': picture(0, 8).subarray(0, 200),
        '__MACOSX/set/train/cats/._1.png': picture(0, 7),
      }),
      'cut.zip': zip({ 'a.png': picture(0, 6) }).subarray(0, 100),
    });
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 2 photos, 1 of them set aside');
    await page.getByText('3 files left out').click();
    const reasons = await page.locator('.left-out ul li').allInnerTexts();
    expect(reasons.map((text) => text.split(':')[0]).sort()).toEqual([
      'cut.zip is no whole zip archive',
      'set.zip/set/train/cats/../../../evil.png has a path that leads out of the archive',
      'set/set/train/cats/damaged.png is truncated',
    ]);
    await page.getByText('1 file passed over that the class has already').click();
    expect(await page.locator('.duplicates li').innerText()).toBe(
      'set/set/train/cats/2-copy.png has the same bytes as 2.png',
    );
  });

  it('are of the class on whose card they are dropped, and unsorted where they are loose', async () => {
    await dropOn(card('dogs').locator('.class-drop'), { 'rex.png': picture(1, 4) });
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 3 photos, 1 of them set aside');
    await drop({ 'who.png': picture(1, 5), 'no.png': Buffer.from('no picture') });
    await shows(
      'cats: 3 photos, 1 of them set aside',
      'dogs: 3 photos, 1 of them set aside',
      'unsorted: 1 photo',
    );
    expect(await page.getByLabel('About these photos').innerText()).toContain('“unsorted” has none of these');
  });

  it('merge with the class of an equal name, which can be undone', async () => {
    const name = page.getByLabel('Name of the class unsorted');
    await name.fill('dogs');
    await name.press('Enter');
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 4 photos, 1 of them set aside');
    await undo();
    await shows(
      'cats: 3 photos, 1 of them set aside',
      'dogs: 3 photos, 1 of them set aside',
      'unsorted: 1 photo',
    );
  });

  it('are removed with their class, brought back, and gone for good with the next removal', async () => {
    await page.getByRole('button', { name: 'Remove the class dogs' }).click();
    await shows('cats: 3 photos, 1 of them set aside', 'unsorted: 1 photo');
    expect(await kept()).toBe(7);
    await undo();
    await shows(
      'cats: 3 photos, 1 of them set aside',
      'dogs: 3 photos, 1 of them set aside',
      'unsorted: 1 photo',
    );
    await page.getByRole('button', { name: 'Remove the class unsorted' }).click();
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 3 photos, 1 of them set aside');
    await page.reload(); // nobody can undo it any more
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 3 photos, 1 of them set aside');
    await expect.poll(kept, { timeout: 20_000 }).toBe(6);
  });

  it('are chosen and moved by the keyboard alone', async () => {
    await page.getByRole('button', { name: 'Show all photos of dogs' }).press('Enter');
    const grid = page.getByRole('listbox', { name: 'Photos of dogs' });
    await expect.poll(() => grid.getByRole('option').count(), { timeout: 60_000 }).toBe(3);
    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await page.locator('.opened-head').innerText()).toContain('2 chosen');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Move the chosen photos to').selectOption('cats');
    await expect
      .poll(async () => (await cards(page)).map((text) => text.slice(0, 14)), { timeout: 60_000 })
      .toEqual(['cats: 5 photos', 'dogs: 1 photo']);
    await undo();
    await expect
      .poll(async () => (await cards(page)).map((text) => text.slice(0, 14)), { timeout: 60_000 })
      .toEqual(['cats: 3 photos', 'dogs: 3 photos']);
    // The card counts before the grid lists.
    await expect.poll(() => grid.getByRole('option').count(), { timeout: 60_000 }).toBe(3);
    await grid.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 0 photos');
    await undo();
    await shows('cats: 3 photos, 1 of them set aside', 'dogs: 3 photos, 1 of them set aside');
  });

  it('in two classes with the same bytes are warned of', async () => {
    await dropOn(card('cats').locator('.class-drop'), { 'rex.png': picture(1, 4) });
    await shows('cats: 4 photos, 1 of them set aside', 'dogs: 3 photos, 1 of them set aside');
    expect(await page.getByLabel('About these photos').innerText()).toContain(
      'One photo is in two classes with the same bytes',
    );
  });

  it('that are pasted are of the class that is open', async () => {
    await page.evaluate(
      (bytes) => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([new Uint8Array(bytes)], 'image.png', { type: 'image/png' }));
        document.body.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
        );
      },
      [...picture(1, 77)],
    );
    await shows('cats: 4 photos, 1 of them set aside', 'dogs: 4 photos, 1 of them set aside');
  });

  it('for which there is no room stop the adding, and what is in stays', async () => {
    const noise = (seed: number) => Buffer.concat([picture(0, seed), Buffer.alloc(2 ** 20, seed)]);
    const { usage = 0 } = await page.evaluate(() => navigator.storage.estimate());
    const session = await site.context.newCDPSession(page);
    const origin = new URL(site.url).origin;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 3 * 2 ** 20 });
    await drop(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${i}.png`, noise(100 + i)])));
    await page.getByText('There is no room for more photos').waitFor({ timeout: 60_000 });
    await settled(page);
    const told = await page.locator('.added').innerText();
    await session.detach();
    const [, count = ''] = /Stopped with (\d) of 8 photos added\./.exec(told) ?? [];
    expect(Number(count), told).toBeGreaterThan(0);
    expect(Number(count)).toBeLessThan(4);
    await page.reload();
    await expect
      .poll(async () => (await cards(page)).at(-1), { timeout: 60_000 })
      .toMatch(`unsorted: ${count} photo`);
  });

  it('that are drawings come with the site, divided as in the terminal', async () => {
    for (const name of ['cats', 'dogs', 'unsorted']) {
      await page.getByRole('button', { name: `Remove the class ${name}` }).click();
      await card(name).waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'Try with drawings' }).click();
    await expect.poll(() => cards(page), { timeout: 60_000 }).toHaveLength(2);
    await page.getByText(/^468 photos added/).waitFor();
    expect((await cards(page)).sort()).toEqual([
      'animal: 260 photos, 130 of them set aside',
      'food: 208 photos, 104 of them set aside',
    ]);
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });
});
