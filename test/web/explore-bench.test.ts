/**
 * The page that measures: a few rows in the tab, on SwiftShader, as the catalogue has them; its file is taken by `npm run bench`, and the
 * terminal's by the page.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../../src/bench/benchmark.ts';
import { catalogue } from '../../src/bench/catalogue.ts';
import { compareResults } from '../../src/bench/compare.ts';
import { sizesFor } from '../../src/bench/plan.ts';
import { reportSizes } from '../../src/bench/report.ts';
import { decodeResults, type Results } from '../../src/bench/results.ts';
import { time } from '../../src/bench/units.ts';
import { plural } from '../../src/format.ts';
import { paperGpu } from '../../src/gpu/index.ts';
import { packageFile } from '../../src/platform/node/package.ts';
import { browserText } from '../../web/src/explore/bench/circumstances.ts';
import { hasBrowser } from '../browser/harness.ts';
import { expectNoBarriers } from './looks.ts';
import { axeViolations, builtSite, openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the page of benchmarks', { page: true });

/** What SwiftShader's catalogue has at the sizes that the page begins with there. */
const all = catalogue(paperGpu({ software: true, subgroupSize: 4 }), {
  ...sizesFor({ quick: true, batch: 2, size: 32 }),
  allVariants: false,
});
/** A forward pass and a step at each size. */
const reportPlan = { kernels: all.kernels.length, networks: 2 * reportSizes({ software: true }).length };
const FILTER = 'forward layer1';
const few = all.kernels.filter(({ operation, shape }) => /forward.*layer1/.test(`${operation} ${shape}`));

let site: OpenSite;
let page: Page;
let home: string;
let tab: Results;

const button = (name: string) => page.getByRole('button', { name, exact: true });
const namesShown = () =>
  page
    .locator('.rows tbody tr')
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-row') ?? ''));
const planned = (count: number) => page.getByText(plural(count, 'row'), { exact: true }).waitFor();

/** What a column says, from the top to the bottom. */
async function column(head: string): Promise<string[]> {
  const heads = await page.locator('.rows thead th').allTextContents();
  const at = heads.findIndex((text) => text.startsWith(head));
  return page.locator(`.rows tbody tr > :nth-child(${at + 1})`).allTextContents();
}

function terminal(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [packageFile('bin/graft.mjs'), 'bench', ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (out += String(chunk)));
  return new Promise((resolve) => child.on('close', () => resolve(out)));
}

describe.skipIf(!there)('benchmarks in the tab', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-bench-page-'));
    site = await openSite();
    ({ page } = site);
    await page.goto(`${site.url}explore/bench/index.html`);
    await page.getByText('Adapter').waitFor();
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true });
  });

  it('has the rows of the catalogue', async () => {
    await planned(all.kernels.length);
    await page.getByLabel('Ladders').check();
    await planned(all.kernels.length + all.ladders.length);
    await page.getByLabel('Ladders').uncheck();
    await page.getByLabel('Only rows with').fill('conv3d');
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toMatch(/^No benchmark has "conv3d" in its name\. There are: conv2d\.forward, /);
    await page.getByLabel('Only rows with').fill(FILTER);
    await planned(few.length);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('measures the ceilings and what was chosen, each row so many times, on a clock that it has looked at', async () => {
    await button('Start').click();
    await page.getByText('All is measured.').waitFor();
    const download = page.waitForEvent('download');
    await button('Download JSON').click();
    const path = join(home, 'tab.json');
    await (await download).saveAs(path);
    tab = decodeResults(await readFile(path, 'utf8'), path);
    const rows = tab.rows.filter(({ group }) => !group.startsWith('ceiling'));
    expect(await namesShown()).toEqual(tab.rows.map(idOf));
    expect(rows.map(idOf)).toEqual(few.map(idOf));
    expect(rows.map(({ work, variant }) => ({ work, variant }))).toEqual(
      few.map(({ work, variant }) => ({ work, variant })),
    );
    expect(rows.map(({ wall }) => wall.length)).toEqual(few.map(() => 3));
    expect(await column('Median')).toEqual(
      tab.rows.map(({ wall }) => time([...wall].sort((a, b) => a - b)[1]!)),
    ); // of three
    const { grain, browser, adapter, system } = tab;
    expect(system).toBe('Linux');
    expect(adapter).toMatchObject({ software: true, subgroups: [4, 4] });
    expect(adapter).toMatchObject({ kind: 'software', vendor: 'google' });
    expect(browser).toMatch(/^Chrome \d+$/);
    expect(grain?.wall).toBeGreaterThan(0.004); // Chrome's is 0.005 at best
    const where = await page.locator('.where').textContent();
    expect(where).toContain(`moves in steps of ${time(grain?.wall ?? NaN)}`);
    expect(where).toContain(adapter.name);
  });

  it('draws each row where it stands, and looks at it from the picture and from the table', async () => {
    const dots = page.locator('svg.roofline circle');
    expect(await dots.count()).toBe(few.length);
    await dots.last().hover({ force: true });
    await page.mouse.move(0, 0);
    const seen = page.locator('.rows tr.seen');
    const name = (await seen.getAttribute('data-row')) ?? '';
    expect(few.map(idOf)).toContain(name);
    await expect.poll(() => page.locator('.said').textContent()).toContain(`${name} `);
    await page.locator('svg.roofline').locator('..').press('ArrowLeft');
    expect(await seen.getAttribute('data-row')).not.toBe(name);
    const [first] = few.map(idOf);
    await page.locator(`[data-row="${first ?? ''}"] button`).focus();
    await expect.poll(() => page.locator('.said').textContent()).toContain(`${first ?? ''} `);
    expect(await page.locator('circle.seen').count()).toBe(1);
  });

  it('sorts by a column, down, up and as measured', async () => {
    const medians = new Map(
      tab.rows.map((row) => [idOf(row), [...row.wall].sort((a, b) => a - b)[1] ?? NaN]),
    );
    const shown = async () => (await namesShown()).map((name) => medians.get(name) ?? NaN);
    const head = page.getByRole('columnheader', { name: 'Median' });
    await head.getByRole('button').click();
    expect(await shown()).toEqual([...medians.values()].sort((a, b) => b - a));
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    await head.getByRole('button').click();
    expect(await shown()).toEqual([...medians.values()].sort((a, b) => a - b));
    await head.getByRole('button').click();
    expect(await namesShown()).toEqual(tab.rows.map(idOf));
  });

  it('gives a file that the terminal compares with, and compares with the one of the terminal', async () => {
    const mine = join(home, 'mine.json');
    const args = ['--quick', '--rounds', '2', '--filter', FILTER, '--batch', '2', '--size', '32'];
    const out = await terminal(...args, '--json', mine, '--compare', join(home, 'tab.json'));
    for (const name of few.map(idOf))
      expect(out).toMatch(new RegExp(`^ +${name.replace('+', '\\+')} +×\\d`, 'm'));
    expect(out).toContain(`${few.length} too few samples; geometric mean`);

    await page.locator('input[type=file]').setInputFiles(mine);
    await page.getByText(`${few.length} rows in both`).waitFor();
    const { rows } = compareResults(decodeResults(await readFile(mine, 'utf8'), mine), tab);
    expect(rows).toHaveLength(few.length);
    const shown = (await column('Against file')).filter((text) => text !== '');
    expect(shown).toEqual(
      rows.map(
        ({ ratio, low, high }) =>
          `×${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}) too few samples`,
      ),
    );
    await writeFile(mine, '{"rows": []}');
    await page.locator('input[type=file]').setInputFiles(mine);
    await expect
      .poll(() => page.getByRole('alert').textContent())
      .toContain('mine.json: this is not a benchmark file.');
  });

  it('says so where there is no device, and shows the file of another', async () => {
    const other = await site.context.newPage();
    await other.route('**/bench-worker-*.js', async (route) => {
      const response = await route.fetch();
      const change = "Object.defineProperty(navigator, 'gpu', { value: undefined });";
      await route.fulfill({ response, body: `${change}\n${await response.text()}` });
    });
    await other.goto(`${site.url}explore/bench/index.html`);
    const notice = other.locator('.notice[data-kind=no-webgpu]');
    await notice.waitFor();
    expect(await notice.textContent()).toMatch(/Update Chrome.*Or measure in a terminal/s);
    expect(await other.getByRole('button', { name: 'Start' }).count()).toBe(0);
    await other.locator('input[type=file]').setInputFiles(join(home, 'tab.json'));
    await other.getByText('Its rows are shown').waitFor();
    expect(await other.locator('.rows tbody tr').count()).toBe(tab.rows.length);
    expect(await other.locator('svg.roofline circle').count()).toBe(few.length);
    expect(await axeViolations(other)).toEqual([]);
    await other.close();
  });

  it('keeps what was measured when it is stopped', async () => {
    await page.getByLabel('Only rows with').fill('');
    await planned(all.kernels.length);
    await button('Start').click();
    await page.locator('[data-row^="conv2d.forward stem"]').waitFor();
    await button('Stop').click();
    await page.getByText('Stopped; what was measured is kept.').waitFor();
    const shown = (await namesShown()).filter((name) => !name.startsWith('ceiling'));
    expect(shown.length).toBeLessThan(all.kernels.length);
    expect(all.kernels.map(idOf).slice(0, shown.length)).toEqual(shown);
  });

  it('measures a report, whose file is the one that the terminal writes', async () => {
    const { kernels, networks } = reportPlan;
    await button('Measure a report').click();
    await page.getByText(`of ${plural(kernels + networks, 'row')}`).waitFor();
    await button('Stop').click();
    await page.getByText('Stopped; what was measured is kept.').waitFor();
    const download = page.waitForEvent('download');
    await button('Download JSON').click();
    const path = join(home, 'report.json');
    await (await download).saveAs(path);
    expect((await download).suggestedFilename()).toMatch(/^report-/);
    const report = decodeResults(await readFile(path, 'utf8'), path);
    expect(report).toMatchObject({
      report: 'part',
      adapter: { software: true, features: ['subgroups', 'timestamp-query'] },
    });
    expect(report.ceilings.copies.length).toBeGreaterThan(1);
    await planned(all.kernels.length);
  });

  it('has no barrier that axe finds, wide, narrow and dark, and complains of nothing', async () => {
    await expectNoBarriers(page, 'bench');
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });
});

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
    'Chrome 147',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/141.0.0.0',
    'Edge 141',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox 145'],
  [
    'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Safari 26.0',
  ],
  ['curl/8', 'a browser'],
])('names the browser of %s', (agent, name) => expect(browserText(agent)).toBe(name));

it('takes at most 250 kB compressed, its worker among them', async () => {
  const contents = await builtSite();
  const bytesOf = (path: string) => gzipSync(contents.get(path) ?? '', { level: 9 }).length;
  const html = String(contents.get('/some/where/explore/bench/index.html'));
  const files = [...html.matchAll(/(?:src|href)="\.\.\/\.\.\/([^"]+)"/g)].map(
    ([, path = '']) => `/some/where/${path}`,
  );
  const worker = [...contents.keys()].filter((path) => /\/bench-worker-[\w-]+\.js$/.test(path));
  expect(worker).toHaveLength(1);
  const bytes = [...files, ...worker].reduce((sum, path) => sum + bytesOf(path), 0);
  expect(files.length).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(250_000);
});
