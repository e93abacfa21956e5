// What a visitor sees of a trained network and its training, by the keyboard alone: photos behind the numbers, a run that is held
// and goes on, its log over a reload, the programs that use it; and what the page says where there is no graphics card.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { openKnownSite } from './known-site.ts';
import { photoFolder } from './photos.ts';
import { axeViolations, openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the results of the train page', { page: true });
let home: string;
beforeAll(async () => {
  home = await photoFolder({ '<i>red': 0, blue: 1 }, 10);
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** Moves the focus by the tab key until it is on the button of that name. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate(() => {
      const { activeElement: on } = document;
      return on?.getAttribute('aria-label') ?? on?.textContent ?? '';
    });
    if (name.test(text.trim())) return;
    seen.push(text.slice(0, 30));
  }
  throw new Error(`No focus on ${name}: ${seen.join(' | ')}`);
}

describe.skipIf(!there)('by the keyboard alone, the train page', () => {
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    site = await openKnownSite();
    ({ page } = site);
  });
  afterAll(() => site.close());

  it('trains, is held between two steps, and goes on', async () => {
    await page.getByText('Computing on').waitFor(); // the project is open
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await expect.poll(() => page.locator('.classes > li').count(), { timeout: 30_000 }).toBe(2);
    await page.locator('.status .idle').waitFor({ state: 'attached' });
    await page.getByLabel('Epochs').focus();
    await page.keyboard.type('4000');
    await tabTo(page, /^Train$/);
    await page.keyboard.press('Enter');
    await page.locator('.figures').waitFor({ timeout: 120_000 });
    await tabTo(page, /^Pause$/);
    await page.keyboard.press('Space');
    await page.getByText('Paused: nothing is computed').waitFor({ timeout: 60_000 });
    const figures = await page.locator('.figures').innerText();
    await page.waitForTimeout(500);
    expect(await page.locator('.figures').innerText()).toBe(figures);
    await tabTo(page, /^Go on$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.figures').innerText(), { timeout: 60_000 }).not.toBe(figures);
    await tabTo(page, /^Stop$/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 60_000 });
  });

  it('opens the photos behind a number, and gives the focus back', async () => {
    await page.getByRole('heading', { name: 'What is taken for what' }).waitFor();
    await tabTo(page, /^\d+ ?photos? of /);
    const cell = await page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.locator('li').count()).toBe(Number(/^\d+/.exec(cell)?.[0]));
    await dialog.locator('img').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent ?? '')).toBe(cell);
  });

  it('shows names from files as text, numbers class by class, and curves of loss, accuracy and rate', async () => {
    expect(await page.locator('.confusion th').allInnerTexts()).toContain('<i>red');
    expect(await page.getByRole('region', { name: 'Class by class' }).locator('tbody tr').count()).toBe(2);
    expect(await page.locator('.curves figcaption').allInnerTexts()).toEqual([
      'Loss',
      'Accuracy',
      'Learning rate',
    ]);
  });

  it('has all of it again after a reload, and offers first of all to go on', async () => {
    const log = await page.locator('details pre').first().textContent();
    expect(log).toMatch(/^stopped +after \d+ epochs? in /m);
    const numbers = await page.locator('.confusion tbody').innerText();
    await page.reload();
    await page.getByRole('button', { name: 'Go on with the last run' }).waitFor();
    await page.locator('.confusion tbody').waitFor();
    expect(await page.locator('.confusion tbody').innerText()).toBe(numbers);
    expect(await page.locator('details pre').first().textContent()).toBe(log);
  });

  it('gives programs that use the model', async () => {
    await page.getByText('Use it in your own programs').focus();
    await page.keyboard.press('Enter');
    const program = page.locator('pre[aria-label="Program for Python with PyTorch"]');
    await program.waitFor();
    expect(await program.innerText()).toContain('CLASSES = ["<i>red", "blue"]');
    expect(await axeViolations(page)).toEqual([]);
    expect(site.complaints).toEqual([]);
  });
});

describe.skipIf(!there)('without a graphics card, the train page', () => {
  it.each<readonly [string, string, RegExp, string]>([
    [
      'has no WebGPU',
      'no-webgpu',
      /Update Chrome/,
      `Object.defineProperty(navigator, 'gpu', { value: undefined });`,
    ],
    [
      'finds no adapter',
      'no-adapter',
      /chrome:\/\/settings\/system/,
      'navigator.gpu.requestAdapter = () => Promise.resolve(null); OffscreenCanvas.prototype.getContext = () => null;',
    ],
    [
      'draws with a device that it keeps from pages',
      'blocked',
      /chrome:\/\/gpu/,
      'navigator.gpu.requestAdapter = () => Promise.resolve(null); OffscreenCanvas.prototype.getContext = () => ({});',
    ],
  ])('says what helps where the browser %s, and still takes photos', async (_, kind, help, change) => {
    const site = await openSite();
    try {
      // The engine asks in its worker, out of reach of a page's script.
      await site.context.route('**/worker-*.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${await response.text()}\n${change}` });
      });
      await site.page.reload();
      const notice = site.page.locator(`.notice.stop[data-kind=${kind}]`);
      await notice.waitFor();
      expect(await notice.innerText()).toMatch(help);
      await site.page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
      await expect.poll(() => site.page.locator('.classes > li').count(), { timeout: 30_000 }).toBe(2);
      expect(await site.page.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
      expect(await axeViolations(site.page)).toEqual([]);
    } finally {
      await site.close();
    }
  });
});
