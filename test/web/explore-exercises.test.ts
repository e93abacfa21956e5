/** The page of exercises: a kernel is mended by keyboard and checked on a button alone, and what was done is there after a reload. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exercises } from '../../src/run/exercises/index.ts';
import { hasBrowser } from '../browser/harness.ts';
import { firstViewBytes } from './first-view.ts';
import { expectNoBarriers } from './looks.ts';
import { openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the page of exercises', { page: true });

let site: OpenSite;
let page: Page;

const content = () => page.locator('.cm-content');
const steps = () => page.locator('.steps');
const current = () => page.locator('nav.exercises [aria-current]');
const press = (name: string) => page.getByRole('button', { name, exact: true }).press('Enter');
const said = () => page.locator('[aria-labelledby="steps"] [role="status"]').textContent();

/** Presses Check, and gives what is said once it is over. */
async function checked(): Promise<string> {
  await press('Check');
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached', timeout: 120_000 });
  return `${await said()} ${await steps().textContent()}`;
}

/** Opens an exercise by its link in the list. */
async function choose(name: string): Promise<void> {
  await page.locator(`nav.exercises a[href="#${name}"]`).press('Enter');
  await page.locator('article h2').first().and(page.locator(':focus')).waitFor();
  await content().waitFor();
}

/** Goes on to the exercise that comes next. */
async function next(title: string): Promise<void> {
  await page.getByRole('link', { name: `${title} →` }).press('Enter');
  await page.getByRole('heading', { name: title }).and(page.locator(':focus')).waitFor();
}

describe.skipIf(!there)('exercises on kernels', () => {
  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await page.goto(`${site.url}explore/exercises/index.html`);
    await content().waitFor();
  });
  afterAll(() => site.close());

  it('are all listed, and nothing runs by itself', async () => {
    const titles = await page.locator('nav.exercises .title').allTextContents();
    expect(titles).toEqual(exercises.map(({ title }) => title));
    expect(await page.locator('nav.exercises p').textContent()).toBe(`0 of ${exercises.length} solved`);
    expect(await said()).toMatch(/^Nothing was checked yet\./);
    expect(page.workers()).toEqual([]);
    expect(await page.locator('.editor .hint').textContent()).toContain(
      'Ctrl+Enter (⌘+Enter) presses Check.',
    );
  });

  it('tell what is wrong, give a hint a step, and are solved, by keyboard alone', async () => {
    expect(await checked()).toMatch(
      /^1 of 3 steps hold\. .*Line 11: thread 36 of workgroup 1 writes y\[100\], and y has 100 elements\./,
    );
    await press('Hint');
    expect(await steps().textContent()).toContain('params.count.');
    await press('Another hint');
    expect(await page.getByRole('button', { name: 'Another hint' }).isDisabled()).toBe(true);
    await content().focus();
    await page.keyboard.press('Control+Home');
    for (let line = 1; line < 10; line++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.type('\nif (i >= params.count) { return; }');
    await expect.poll(said).toBe('1 of 3 steps hold. The text was changed since.');
    await page.keyboard.press('Control+Enter');
    await expect.poll(said, { timeout: 60_000 }).toBe('Solved: all steps hold.');
    expect(await current().textContent()).toContain('solved');
  });

  it('find a race that this device does not show, and mark what the compiler refuses', async () => {
    await choose('barrier');
    expect(await checked()).toMatch(/writes sums\[1\] in line 11, .* with no barrier between/);
    await next('In place');
    await next('A barrier that some never reach');
    await content().waitFor();
    expect(await checked()).toMatch(/^0 of 4 steps hold\. .*uniform control flow/);
    expect(await page.getByLabel('What the compiler says').textContent()).toMatch(/line 20/);
    expect(await page.locator('.cm-lint-marker-error').count()).toBe(1);
  });

  it('show the solution to who asks twice, and leave the text alone', async () => {
    await press('Show the solution');
    expect(await page.getByLabel('The solution’s WGSL').count()).toBe(0);
    await press('Show it all the same');
    expect(await page.getByLabel('The solution’s WGSL').textContent()).toContain('var mine = 0.0;');
    expect(await content().innerText()).not.toContain('mine');
  });

  it('have no barrier that axe finds, wide and narrow, light and dark', async () => {
    await expectNoBarriers(page, 'exercises');
  });

  it('are there to read where there is no WebGPU', async () => {
    const other = await site.context.newPage();
    await other.addInitScript(() => void Reflect.deleteProperty(Navigator.prototype, 'gpu'));
    await other.goto(`${site.url}explore/exercises/index.html#uniform-flow`);
    expect(await other.locator('article').textContent()).toContain('This browser offers no WebGPU');
    expect(await other.getByRole('button', { name: 'Check', exact: true }).isDisabled()).toBe(true);
    await other.getByRole('button', { name: 'Hint', exact: true }).press('Enter');
    expect(await other.locator('.steps').textContent()).toContain('only some threads of the last workgroup');
    await other.close();
  });

  it('say why there is no answer, keep what was done, and survive whatever else lies where it is kept', async () => {
    await page.evaluate(() => {
      const put = (name: string, text: string) => localStorage.setItem(`graft exercise ${name}`, text);
      put('rows-and-columns', '{"isSolved":');
      put('uniforms', '[null]');
      put('sigmoid', JSON.stringify({ isSolved: 'yes', text: { length: 3 } }));
      put('barrier', JSON.stringify({ isSolved: true, text: 'x'.repeat(1e6) }));
      put('race', JSON.stringify({ isSolved: false, text: '</pre><img src=x onerror="alert(1)">' }));
    });
    await page.goto('about:blank');
    await page.goto(`${site.url}explore/exercises/index.html?limit=1#sigmoid`);
    await content().waitFor();
    await press('Check');
    await expect.poll(() => page.getByRole('alert').textContent()).toMatch(/^The browser gives no device/);
    await expect.poll(() => page.workers()).toEqual([]); // of whose end the browser tells a little later
    await page.goto('about:blank');
    await page.goto(`${site.url}explore/exercises/index.html#race`);
    await content().waitFor();
    expect(await content().innerText()).toContain('<img src=x');
    expect(await checked()).toMatch(/^0 of 4 steps hold\. .*Line 1: /);
    await press('Start over');
    await expect.poll(() => content().innerText()).toContain('ring[lane]');
    expect(await page.evaluate(() => localStorage.getItem('graft exercise race'))).toBeNull();
    expect(await page.locator('nav.exercises p').textContent()).toBe(`1 of ${exercises.length} solved`);
    await choose('bounds');
    expect(await content().innerText()).toContain('if (i >= params.count) { return; }');
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });
});

it('takes at most 250 kB compressed before anything is opened', async () => {
  expect(await firstViewBytes('exercises')).toBeLessThanOrEqual(250_000);
});
