// The train page as a visitor uses it: the built site in headless Chromium, a folder of photos in, a trained network out. What it
// stores outlives a reload, and it asks nothing of any other origin.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/weights/index.ts';
import { hasBrowser } from '../browser/harness.ts';
import { picture } from '../support/cli.ts';
import { axeViolations, chooseSmall, openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the train page', { page: true });

describe.skipIf(!there)('the train page', () => {
  let home: string;
  let site: OpenSite;
  let page: Page;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-web-'));
    for (const [label, name] of ['red', 'blue'].entries()) {
      const folder = join(home, 'photos', name);
      await mkdir(folder, { recursive: true });
      for (let i = 0; i < 8; i++) await writeFile(join(folder, `${i}.png`), picture(label, i));
    }
    await writeFile(join(home, 'photos', 'red', 'notes.txt'), 'no photo');
    await writeFile(join(home, 'photos', 'red', 'broken.png'), '\x89PNG and no more');
    site = await openSite();
    ({ page } = site);
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  const settled = () => page.locator('.status .idle').waitFor({ state: 'attached' });
  const classes = () => page.locator('.classes > li');

  it('takes a folder of photos, and says what it leaves out', async () => {
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await expect.poll(() => classes().count(), { timeout: 30_000 }).toBe(2);
    await settled();
    await page.getByText('2 files left out').click();
    expect((await page.locator('.left-out li').allInnerTexts()).sort()).toEqual([
      'photos/red/broken.png is a text file, not an image',
      'photos/red/notes.txt is no photo by its ending (.txt)',
    ]);
  });

  /** Drops a photo on the area where those to train on come in. */
  const drop = (name: string) =>
    page
      .locator('.drop')
      .first()
      .evaluate(
        (area, [file, bytes]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([new Uint8Array(bytes)], file));
          area.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, [...picture(0, 50)]] as const,
      );

  it('takes a dropped photo, and forgets a class', async () => {
    await drop('dropped.png');
    await expect.poll(() => classes().count(), { timeout: 30_000 }).toBe(3);
    await page.getByRole('button', { name: 'Remove the class unsorted' }).click();
    await expect.poll(() => classes().count(), { timeout: 30_000 }).toBe(2);
    await settled();
  });

  it('renames a class to whatever it is called', async () => {
    const name = page.getByLabel('Name of the class blue');
    await name.fill('<b>blue');
    await name.blur();
    await page.getByLabel('Name of the class <b>blue').waitFor();
    await settled();
  });

  it('trains a network on them that tells them apart', async () => {
    await chooseSmall(page, 12);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 240_000 });
    await settled();
    await page.getByText('Log', { exact: true }).click();
    // What is folded up has no text until it is drawn open.
    await expect
      .poll(() => page.locator('pre').innerText())
      .toMatch(/data +photos\n  class +train  val\n  <b>blue +6 +2\n  red +6 +2\n  total +12 +4\n/);
    expect(await page.locator('.figures').innerText()).toMatch(/^(100\.0|75\.0) % of the photos/);
    await expect.poll(() => page.locator('.confusion tbody tr').count(), { timeout: 30_000 }).toBe(2);
  });

  it('keeps photos, settings, model and curves over a reload', async () => {
    await page.reload();
    await expect.poll(() => classes().count(), { timeout: 30_000 }).toBe(2);
    await page.getByRole('heading', { name: 'Try it' }).waitFor();
    expect(await page.locator('.curves canvas').count()).toBe(3);
    expect(await page.getByRole('button', { name: 'Go on with the last run' }).count()).toBe(0); // it is over
    expect(await page.getByLabel('Epochs', { exact: true }).inputValue()).toBe('12');
  });

  it('says what is on photos that it has not seen, and of no photo why not', async () => {
    await writeFile(join(home, 'new.png'), picture(0, 99));
    const input = page.getByLabel('Choose photos to try').last();
    await input.setInputFiles([join(home, 'new.png'), join(home, 'photos/red/broken.png')]);
    await expect.poll(() => page.locator('.answers > li').count(), { timeout: 30_000 }).toBe(2);
    const [seen, broken] = await page.locator('.answers > li').allInnerTexts();
    expect(seen).toMatch(/^red/);
    expect(seen).toMatch(
      /at least this sure of \d of the 4 photos set aside, and right about|It was this sure of none of the 4/,
    );
    expect(broken).toContain('broken.png');
  });

  it('stops after a step, and goes on where it was', async () => {
    await chooseSmall(page, 4000);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.locator('.figures').waitFor({ timeout: 120_000 });
    await drop('too-late.png'); // the photos of a run stay as they are
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
    const figures = await page.locator('.figures').innerText();
    // The run keeps the names that it began with, and the page shows those of today.
    const name = page.getByLabel('Name of the class red', { exact: true });
    await name.fill('crimson');
    await name.press('Enter');
    await page.getByLabel('Name of the class crimson').waitFor();
    await page.getByLabel('Choose photos to try').last().setInputFiles(join(home, 'new.png'));
    await expect.poll(() => page.locator('.answers dt').first().innerText()).toBe('crimson');
    await page.reload();
    await page.getByRole('button', { name: 'Go on with the last run' }).waitFor();
    await expect.poll(() => classes().count(), { timeout: 30_000 }).toBe(2);
    expect(await page.locator('.figures').innerText()).toBe(figures);
    await page.getByRole('button', { name: 'Go on with the last run' }).click();
    await expect.poll(() => page.locator('.figures').innerText(), { timeout: 120_000 }).not.toBe(figures);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor();
  });

  it('gives the model away as a file that the terminal reads', async () => {
    const taken = async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Model for PyTorch' }).click(),
      ]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const whole = await taken();
    const { tensors, metadata } = readSafetensors(whole.bytes, 'model');
    expect(JSON.parse(metadata['classes'] ?? '')).toEqual(['<b>blue', 'red']);
    expect(tensors.get('fc.weight')?.shape).toEqual([2, 512]);
    await page.getByRole('checkbox', { name: 'Models in 16-bit floats' }).check();
    const half = await taken();
    expect([whole.name, half.name]).toEqual(['model.safetensors', 'model-f16.safetensors']);
    expect(half.bytes.length / whole.bytes.length).toBeCloseTo(0.5, 2);
    const rounded = readSafetensors(half.bytes, 'model').tensors.get('fc.weight')?.data ?? [];
    expect(rounded).toHaveLength(2 * 512);
    for (const [i, value] of rounded.entries())
      expect(Math.abs(value - (tensors.get('fc.weight')?.data[i] ?? NaN))).toBeLessThan(1e-3);
  });

  it('can be used by everyone, as far as axe can tell, and asks nothing of other origins', async () => {
    expect(await axeViolations(page)).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
    expect(site.complaints).toEqual([]);
  });
});
