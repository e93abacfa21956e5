/** The page that races the ladders: every rung runs in the tab, on SwiftShader, live; what is said of each is counted by the engine. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ladderBenchmarks } from '../../src/bench/ladder.ts';
import { intensityOf, rungFacts, type Traffic } from '../../src/bench/traffic.ts';
import { bytes, significant } from '../../src/bench/units.ts';
import { count } from '../../src/format.ts';
import { paperGpu } from '../../src/gpu/index.ts';
import { adapters, expand } from '../../src/run/kernels/index.ts';
import { secondsOf } from '../../web/src/explore/ladder/estimate.ts';
import { limitText } from '../../web/src/explore/ladder/limit.ts';
import { hasBrowser } from '../browser/harness.ts';
import { expectNoBarriers } from './looks.ts';
import { axeViolations, builtSite, openSite, type OpenSite } from './site.ts';

const there = hasBrowser('the page of the ladders', { page: true });

const sizes = { side: 64, photos: { batch: 1, size: 32 } };
const gpu = paperGpu(adapters.swiftshader);
const facts = rungFacts(gpu, sizes);
const all = [...facts.matmul, ...facts.conv2d];

let site: OpenSite;
let page: Page;

const climb = (title: string) =>
  page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });
const matrices = () => climb('A matrix product');

/** In seconds. */
const UNITS = new Map([
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]);

/** The seconds that are said, once every rung was tried. */
async function seconds(): Promise<number> {
  const said = page.getByText(/^13 rungs, about /);
  await said.waitFor();
  const [, time = ''] = /about ([^.;]*)/.exec(await said.innerText()) ?? [];
  const parts = Array.from(
    time.matchAll(/(\d+) (h|min|s)\b/g),
    ([, n, unit]) => Number(n) * (UNITS.get(unit ?? '') ?? NaN),
  );
  return parts.reduce((sum, part) => sum + part, 0);
}

describe.skipIf(!there)('the ladder, raced', () => {
  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await page.goto(`${site.url}explore/ladder/index.html`);
    await page.getByText('Adapter', { exact: true }).waitFor();
  });
  afterAll(() => site.close());

  it('has every rung with its lesson, and small sizes where a processor has to do it', async () => {
    await page.getByLabel('Matrices').selectOption(String(sizes.side));
    expect(await page.getByLabel('Photos').inputValue()).toBe('1 × 32²');
    for (const [title, rungs] of [
      ['A matrix product', facts.matmul],
      ['A convolution', facts.conv2d],
    ] as const) {
      await expect
        .poll(() => climb(title).locator('li > button').allTextContents())
        .toEqual(rungs.map(({ name }) => name));
      expect(await climb(title).locator('li .hint').allTextContents()).toEqual(
        rungs.map(({ lesson }) => lesson),
      );
    }
  });

  it('says how long it will take: longer for more', async () => {
    const small = await seconds();
    expect(small).toBeGreaterThan(0);
    await page.getByLabel('Matrices').selectOption('1024');
    await expect.poll(seconds).toBeGreaterThan(small);
    await page.getByLabel('Matrices').selectOption(String(sizes.side));
    await expect.poll(seconds).toBe(small);
  });

  it('races them: bars come while it runs, and all have their speed in the end', async () => {
    await page.getByLabel('Rounds').selectOption('3');
    await page.getByRole('button', { name: 'Race', exact: true }).click();
    const figures = page.locator('.climb .figures');
    await figures.first().waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).isVisible()).toBe(true);
    expect(await figures.count()).toBeLessThan(all.length);
    await page.getByText('The race is run.').waitFor();
    const said = await figures.allTextContents();
    expect(said).toHaveLength(all.length);
    for (const text of said) expect(text).toMatch(/^[\d.]+ GFLOP\/s[\d.]+ % of multiply-adds alone/);
    expect(said.filter((text) => text.includes('the rung before'))).toHaveLength(all.length - 2);
  });

  it('tells of a rung what it moves, and shows its source and the way to change it', async () => {
    await matrices().getByRole('button', { name: '3-tiled' }).press('Enter');
    const rung = page.locator('.rung');
    const shown = await rung
      .locator('dl > div')
      .evaluateAll((all) =>
        all.map((one) => [
          one.querySelector('dt')?.textContent ?? '',
          one.querySelector('dd')?.textContent ?? '',
        ]),
      );
    const traffic = facts.matmul.find(({ name }) => name === '3-tiled')!.traffic!; // a rung with a tile
    expect(Object.fromEntries(shown)).toMatchObject({
      'Multiply-adds': count(64 ** 3),
      'Loaded from memory': bytes(traffic.loaded),
      Stored: bytes(64 * 64 * 4),
      'FLOPs a byte loaded': significant(intensityOf(traffic)),
      'Loads a multiply-add': '2, from workgroup memory',
      Speed: expect.stringMatching(/GFLOP\/s$/),
      'Against 1-naive': expect.stringMatching(/^×[\d.]+$/),
    });
    expect(await rung.getByRole('link').getAttribute('href')).toBe(
      '../kernel/index.html#op=ladder.matmul.3-tiled',
    );
    await rung.locator('summary').press('Enter');
    const [kernel] = expand({ name: 'ladder.matmul.3-tiled', adapter: 'swiftshader' }).kernels;
    await expect.poll(() => rung.locator('pre').textContent()).toBe(kernel?.wgsl);
  });

  it('keeps what was measured when it is stopped', async () => {
    await page.getByRole('button', { name: 'Race', exact: true }).click();
    await page.locator('.climb .figures').first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped; what was measured is kept.').waitFor();
    const left = await page.locator('.climb .figures').count();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(all.length);
  });

  it('has no barrier that axe finds, wide, narrow and dark, and complains of nothing', async () => {
    await expectNoBarriers(page, 'ladder');
    expect(site.complaints).toEqual([]);
    expect(site.origins()).toEqual([new URL(site.url).origin]);
  });

  it('can be read where there is no device', async () => {
    const other = await site.context.newPage();
    await other.route('**/race-worker-*.js', async (route) => {
      const response = await route.fetch();
      const change = "Object.defineProperty(navigator, 'gpu', { value: undefined });";
      await route.fulfill({ response, body: `${change}\n${await response.text()}` });
    });
    await other.goto(`${site.url}explore/ladder/index.html`);
    await other.locator('.notice[data-kind=no-webgpu]').waitFor();
    await other.getByRole('button', { name: '4-register-tiled' }).click();
    expect(await other.locator('.rung').textContent()).toContain('0.25, from workgroup memory');
    expect(await other.getByRole('button', { name: 'Race' }).count()).toBe(0);
    expect(await axeViolations(other)).toEqual([]);
    await other.close();
  });

  it('lists a rung that does not suit the adapter with what it needs', async () => {
    const other = await site.context.newPage();
    // An adapter that does not say that it is a processor, nor how many lanes its subgroups have.
    await other.route('**/race-worker-*.js', async (route) => {
      const response = await route.fetch();
      const change = `const info = { value: { vendor: 'somebody', architecture: 'new' } };
        Object.defineProperty(GPUAdapter.prototype, 'info', info);
        Object.defineProperty(GPUDevice.prototype, 'adapterInfo', info);`;
      await route.fulfill({ response, body: `${change}\n${await response.text()}` });
    });
    other.setDefaultTimeout(60_000);
    await other.goto(`${site.url}explore/ladder/index.html`);
    await other.getByText('6-subgroup does not run here: it needs a software adapter').waitFor();
    await other.getByRole('button', { name: '6-subgroup' }).click();
    await other.locator('.rung summary').click();
    await expect.poll(() => other.locator('.rung pre').textContent()).toContain('subgroupBroadcast');
    await other.close();
  });
});

describe('what is said of a race', () => {
  const rungs = ladderBenchmarks(gpu, { side: 128, photos: { batch: 1, size: 64 } });

  it('grows with the work and the rounds, and no sample is shorter than its clock wants', () => {
    const tried = ladderBenchmarks(gpu, sizes).map(({ open: _, ...row }) => ({ ...row, wall: [1] }));
    const product = rungs.slice(0, 1); // 8 ms a call, of 1 at half the side
    expect(secondsOf(product, tried, 5, 0)).toBeCloseTo((3 * 8 + 5 * (8 + 8)) / 1000);
    expect(secondsOf(product, tried, 5, 0.1)).toBeCloseTo((3 * 8 + 5 * (20 + 8)) / 1000);
    // Of the convolutions, 4 ms a call.
    const [products, convolutions] = [7 * (3 * 8 + 5 * (8 + 8)), 6 * (3 * 4 + 5 * (4 + 4))];
    expect(secondsOf(rungs, tried, 5, 0)).toBeCloseTo((products + convolutions) / 1000);
    expect(secondsOf(rungs, [], 5, 0)).toBe(0);
  });

  it('names what bounds a rung, and does not where the rung is far from it', () => {
    const roof = { gflops: 100, copies: [{ bytes: 1, gbps: 10 }] };
    const moves = (intensity: number, loads: number): Traffic => ({
      ...{ multiplyAdds: 1e6, loaded: 2e6 / intensity, stored: 0, loads, from: 'workgroup memory' },
    });
    const said = (intensity: number, loads: number, rate?: number, isSoftware = false) =>
      limitText(moves(intensity, loads), roof, rate, isSoftware);
    expect(said(4, 2)).toMatch(/bound by memory: at the rate of a copy they feed 40 GFLOP\/s, of the 100 /);
    expect(said(4, 2, 50)).toMatch(/caches answer most of its loads\.$/);
    expect(said(4, 2, 30)).toMatch(/reaches 75 % of that\.$/);
    expect(said(4, 2, 4)).toMatch(
      /10 % of that, so .* its 2 loads for each multiply-add, from workgroup memory\.$/,
    );
    expect(said(4, 2, 4, true)).toMatch(/which on a processor is memory like any other\.$/);
    expect(said(4, 0.1, 4)).toMatch(/so something else bounds it here\.$/);
    expect(said(16, 0.25)).toMatch(/^Memory is not what bounds it.* 0\.25 loads .*place of arithmetic\.$/);
    expect(said(16, 0.06)).toMatch(/Nearly all of its instructions can be arithmetic\.$/);
  });
});

it('takes at most 250 kB compressed, its worker among them', async () => {
  const contents = await builtSite();
  const bytesOf = (path: string) => gzipSync(contents.get(path) ?? '', { level: 9 }).length;
  const html = String(contents.get('/some/where/explore/ladder/index.html'));
  const files = [...html.matchAll(/(?:src|href)="\.\.\/\.\.\/([^"]+)"/g)].map(
    ([, path = '']) => `/some/where/${path}`,
  );
  const worker = [...contents.keys()].filter((path) => /\/race-worker-[\w-]+\.js$/.test(path));
  expect(worker).toHaveLength(1);
  expect(files.length).toBeGreaterThan(1);
  expect([...files, ...worker].reduce((sum, path) => sum + bytesOf(path), 0)).toBeLessThanOrEqual(250_000);
});
