/**
 * The page of a kernel: what it shows is what the engine runs, an edit is run on a button alone, and whatever is wrong with one is told for
 * what it is, after which the page goes on.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expand } from '../../src/run/kernels/index.ts';
import { hashOf, linkFrom, LONGEST_TEXT } from '../../web/src/explore/kernel/link.ts';
import { groupOf, matrixOf } from '../../web/src/explore/kernel/owners.ts';
import { hasBrowser } from '../browser/harness.ts';
import { firstViewBytes } from './first-view.ts';
import { expectNoBarriers } from './looks.ts';
import { openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the page of a kernel', { page: true });

let site: OpenSite;
let page: Page;

/** Small, so that everything takes a moment on a software adapter. */
const trial = { operation: 'ladder.matmul.1-naive', sizes: { rows: 40, columns: 36, depth: 20 } };
const original = expand({ name: trial.operation, adapter: 'swiftshader' }).kernels[0]!.wgsl; // it runs one
const KERNEL = 'matmul 1-naive';

function changed(from: string, to: string): string {
  const text = original.replace(from, to);
  expect(text).not.toBe(original);
  return text;
}

const content = () => page.locator('.cm-content');
const run = () => page.getByRole('button', { name: 'Run', exact: true }).click();
const verdict = () => page.locator('.verdict');
/** The verdict on a run, once there is one. */
async function ran(): Promise<string> {
  await verdict().evaluateAll((all) => all.forEach((one) => one.classList.add('old')));
  await run();
  await page.locator('.verdict:not(.old)').first().waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached', timeout: 120_000 });
  return (await verdict().allTextContents()).join(' ');
}

/** Puts a text in place of the editor's, as from the clipboard. */
async function paste(text: string): Promise<void> {
  await content().click();
  await page.keyboard.press('Control+A');
  await content().evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

const open = async (hash: string, search = '') => {
  await page.goto('about:blank');
  await page.goto(`${site.url}explore/kernel/index.html${search}${hash}`);
  await page.getByText('gets it.').waitFor();
  await content().waitFor();
};

async function crashGpu(): Promise<void> {
  const session = await site.context.newCDPSession(page);
  await session.send('Browser.crashGpuProcess');
  await session.detach();
}

/** Two loops in which threads wait, within what a trace lets pass, of many minutes together. */
const slow = changed(
  'c[row',
  'for (var i = 0u; i < 8000u; i++) { for (var j = 0u; j < 8000u; j++) { workgroupBarrier(); } }\n  c[row',
).replace('if (row >= params.rows || column >= params.columns) { return; }', '');

describe.skipIf(!there)('a kernel, opened', () => {
  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await open(await hashOf({ trial }));
  });
  afterAll(() => site.close());

  it('shows what the engine runs, and runs nothing', async () => {
    expect(await content().innerText()).toContain('sum = fma(a[row * params.depth + k]');
    const aside = page.locator('aside');
    await expect
      .poll(() => aside.textContent())
      .toContain('3 × 3 workgroups of 16 × 16 threads: 2,304 threads');
    const rows = await aside.locator('tbody tr').allTextContents();
    expect(rows).toEqual([
      '0areadarray<f32>3.1 KiB',
      '1breadarray<f32>2.8 KiB',
      '2cread and writearray<f32>5.6 KiB',
    ]);
    expect(page.workers()).toEqual([]);
  });

  it('finds the engine’s own text right, times it, and draws what each thread wrote', async () => {
    expect(await ran()).toMatch(/^Right.*all 1,440 elements compared/);
    await expect.poll(() => page.locator('.outcome tbody tr').count()).toBe(1);
    expect(await page.locator('.outcome tbody').textContent()).toMatch(/original.*GFLOP\/s.*%/);
    // Small as it is, it may be faster than a copy in memory: what that means is said.
    expect(await page.locator('.outcome').textContent()).toMatch(
      /Original: (Arithmetic|Memory) bounds it: .*(It reaches \d+ %|It is faster than that: what it reads is in a cache)/,
    );
    const owned = page.locator('section', { hasText: 'What a thread owns' });
    await expect
      .poll(() => owned.textContent())
      .toContain('Thread 0 of workgroup 0 wrote 1 element of c: [0, 0]');
    await owned.getByLabel('Thread of').fill('35'); // 16 × 16, x for the row: x = 3, y = 2
    await expect.poll(() => owned.textContent()).toContain('wrote 1 element of c: [3, 2]');
    const canvas = owned.locator('canvas').last();
    await canvas.scrollIntoViewIfNeeded();
    await canvas.hover({ position: { x: 7, y: 7 } });
    await expect.poll(() => owned.textContent()).toContain('Thread 0 of workgroup 0');
  });

  it('does not run while one types, and marks what does not compile at its line', async () => {
    await content().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('fn half_typed() { loop {');
    await expect.poll(() => page.getByText('the text or the sizes were changed since').count()).toBe(1);
    expect(await ran()).toContain('It does not compile');
    await expect.poll(() => page.locator('.cm-lint-marker-error').count()).toBe(1);
    const message = page.getByLabel('What the compiler says').locator('li').first();
    expect(await message.textContent()).toMatch(/^line 20 .+/);
    await page.getByRole('button', { name: 'Back to the original' }).click();
    await expect.poll(() => content().innerText()).not.toContain('half_typed');
    expect(await page.locator('.cm-lint-marker-error').count()).toBe(0);
  });

  it('lets one leave the editor by keyboard', async () => {
    await content().focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Run');
  });

  it('tells a wrong result with its first element, and the time beside the original’s', async () => {
    await paste(changed('= sum;', '= select(sum, 0.0, row == 3u && column == 5u);'));
    expect(await ran()).toMatch(
      /^Wrong.*1 wrong.*The first is c\[3, 5\], element 113 in memory: 0 instead of/,
    );
    await expect.poll(() => page.locator('.outcome tbody tr').count()).toBe(2);
    expect(await page.locator('.outcome').textContent()).toMatch(
      /(times as (fast|slow) as|No difference).*Its result is wrong, so its time counts for nothing/,
    );
    expect(await page.locator('.outcome tbody tr').last().textContent()).not.toContain('GFLOP/s');
  });

  it('has no barrier that axe finds, wide and narrow, light and dark', async () => {
    await expectNoBarriers(page, 'kernel');
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });

  it.each([
    [
      'out of bounds',
      'column] = sum',
      'column + 1u] = sum',
      /Out of bounds: line 18 .*writes past the end of c/,
    ],
    ['a race', 'let column = id.y;', 'let column = id.y / 2u;', /A race: /],
    [
      'too much workgroup memory',
      '@compute',
      'var<workgroup> much: array<f32, 10000>;\n\n@compute',
      /The adapter refuses it.*total use of workgroup storage \(40000 bytes\)/s,
    ],
    [
      'what the host does not bind',
      '@compute',
      '@group(0) @binding(9) var<storage, read> more: array<f32>;\n\n@compute',
      /The adapter refuses it/,
    ],
    ['a loop without end', 'k++', 'k += 0u', /A loop does not end.*The loop in line 15/],
  ])('tells %s for what it is', async (what, from, to, said) => {
    let text = changed(from, to);
    if (text.includes('much'))
      text = text.replace('var sum = 0.0;', 'much[row] = 1.0;\n  var sum = much[column];');
    if (text.includes('more')) text = text.replace('var sum = 0.0;', 'var sum = more[0];');
    await paste(text);
    expect(await ran()).toMatch(said);
    if (what === 'a loop without end')
      expect(await page.locator('[aria-labelledby=ownership]').textContent()).toContain(
        'The last run came to no result',
      );
  });

  it('shows kernels without WebGPU too, as a usual GPU gets them, and says why none is run', async () => {
    const other = await site.context.newPage();
    await other.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'gpu'));
    await other.goto(`${site.url}explore/kernel/index.html#op=batch-norm.statistics`);
    await other.getByText('This browser offers no WebGPU').waitFor();
    const [first] = expand({ name: 'batch-norm.statistics', adapter: 'gpu' }).kernels;
    expect(await other.locator('h2 code').textContent()).toBe(first?.name);
    expect(await other.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await other.goto(`${site.url}explore/kernel/index.html#op=elementwise.relu`);
    await other.getByText('Its count is of vec4f, each of four elements: 262,144 × 4 = 1,048,576.').waitFor();
    await other.close();
  });

  it('opens an edit from a link and does not run it; a device that is lost meanwhile is told, and not used again', async () => {
    await open(await hashOf({ trial, edit: { kernel: KERNEL, text: slow } }));
    await expect.poll(() => content().innerText()).toContain('j < 8000u');
    expect(page.workers()).toEqual([]);
    await run();
    await page.getByText('running …').waitFor();
    await crashGpu();
    await expect.poll(() => verdict().textContent()).toContain('The device was lost');
    await expect.poll(() => page.workers()).toEqual([]);
    expect(await content().innerText()).toContain('j < 8000u');
    await page.getByRole('button', { name: 'Back to the original' }).click();
    expect(await ran()).toMatch(/^Right/);
  });

  it('gives up what takes too long, says what the browser makes of it, and goes on', async () => {
    await open(await hashOf({ trial, edit: { kernel: KERNEL, text: slow } }), '?limit=3000');
    expect(await ran()).toContain('It takes too long');
    // On SwiftShader the work that was given up burns on in the browser's GPU process, which gives no device until it ends.
    expect(await ran()).toContain('The browser gives no device');
    await crashGpu(); // as a browser does by itself where there is a GPU
    await page.getByRole('button', { name: 'Back to the original' }).click();
    await expect.poll(ran).toMatch(/^Right/);
  });
});

it('draws what each thread wrote of a flat result in a few wide rows', () => {
  const threads = Uint32Array.from({ length: 2 ** 18 }, (_, i) => 1 + (i % 256)); // one workgroup, which walks
  const matrix = matrixOf({ binding: 'y', width: 4, threads, shape: [2 ** 20] });
  const { area, elements } = groupOf(matrix, 0);
  expect([area.bottom - area.top, area.right - area.left]).toEqual([32, 128]);
  expect(elements.get(3)?.slice(0, 5)).toEqual([12, 13, 14, 15, 1036]);
  // What has two axes keeps its own columns.
  expect(matrixOf({ binding: 'c', width: 1, threads, shape: [512, 512] }).columns).toBe(512);
});

describe('a link', () => {
  it('holds sizes, algorithm and text, and gives them back', async () => {
    const link = {
      trial: { ...trial, algorithm: 'tiled 64×64' },
      edit: { kernel: KERNEL, text: `${original}// é 𝄞` },
    };
    const hash = await hashOf(link);
    expect(hash.length).toBeLessThan(original.length);
    expect(await linkFrom(hash)).toEqual(link);
  });

  it('that somebody made up is harmless', async () => {
    expect(await linkFrom('')).toBeUndefined();
    expect(await linkFrom('#photos')).toBeUndefined();
    expect(await linkFrom(`#op=${'x'.repeat(1e6)}`)).toBeUndefined();
    const bomb = await hashOf({ trial, edit: { kernel: KERNEL, text: ' '.repeat(100 * LONGEST_TEXT) } });
    expect((await linkFrom(bomb))?.edit).toBeUndefined();
    for (const text of ['%', 'AAAA', '_-_-', '%FF%FE'])
      expect((await linkFrom(`#op=relu&kernel=x&text=${text}`))?.edit).toBeUndefined();
    const odd = await linkFrom('#op=relu&size=__proto__.1&size=n.-1&size=n.1e9&size=n.7&size=n&by=');
    expect(odd).toEqual({
      trial: { operation: 'relu', sizes: { n: 7 }, algorithm: undefined },
      edit: undefined,
    });
  });
});

it('takes at most 250 kB compressed before anything is opened', async () => {
  expect(await firstViewBytes('kernel')).toBeLessThanOrEqual(250_000);
});
