// The page that follows a run, in Chromium: what changes is changed in place, and nothing that its reader has done is undone.
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageServer } from '../../src/platform/node/page-server.ts';
import { liveMessage, waitingPage } from '../../src/report/index.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { LiveReport } from '../../src/run/live-report.ts';
import { settingDefaults } from '../../src/train/index.ts';
import { hasBrowser, launch } from './harness.ts';

const uplotFile = (name: string) =>
  readFile(
    createRequire(import.meta.url)
      .resolve('uplot')
      .replace(/[^/]*$/, name),
    'utf8',
  );

const score = (loss: number) => ({ loss, accuracy: 0.5, count: 4 });
const epochEvent = (epoch: number): RunEvent => ({
  kind: 'epoch',
  epoch: {
    ...{ epoch, phase: 0, train: score(1 / epoch), valid: score(2 / epoch), learningRate: 1e-3 },
    ...{ isBest: true, trainSeconds: 1, validSeconds: 1, imagesPerSecond: 4 },
  },
});

describe.skipIf(!hasBrowser('the report of a run that goes on', { page: true }))(
  'a page that follows',
  () => {
    let browser: { readonly folder: string; readonly context: BrowserContext };
    let page: Page;
    let server: PageServer;
    let report: LiveReport;
    const complaints: string[] = [];

    beforeAll(async () => {
      const [script, style] = [await uplotFile('uPlot.iife.min.js'), await uplotFile('uPlot.min.css')];
      report = new LiveReport('0.1.0', { script, style });
      server = await PageServer.open(0, (nonce) => {
        const live = { nonce, status: 'Training' };
        return report.page(live) ?? waitingPage(live);
      });
      browser = await launch();
      page = await browser.context.newPage();
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
    });
    afterAll(async () => {
      await server?.close('{}');
      await browser?.context.close();
      if (browser) await rm(browser.folder, { recursive: true, force: true, maxRetries: 10 });
    });

    const tell = (...events: readonly RunEvent[]) => {
      for (const event of events) report.take(event);
      server.tell(liveMessage({ status: `after ${events.length}`, page: report.page() }));
    };
    const followed = () => expect.poll(() => server.isWatched).toBe(true);
    const rows = () => page.locator('.plain tbody tr').count();

    it('waits, begins with the run, and follows it without undoing what its reader did', async () => {
      await page.goto(server.url);
      expect(await page.locator('main').textContent()).toContain('The report begins when training does.');
      await followed();
      tell(
        { kind: 'device', name: 'a device' },
        { kind: 'chosen', config: settingDefaults, reasons: ['a reason'] },
        {
          ...{ kind: 'training', run: 'runs/cats', history: [], architecture: 'resnet18', epochs: 9 },
          ...{ train: 8, valid: 4 },
        },
      );
      await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'cats');
      await followed();
      tell(epochEvent(1), epochEvent(2));
      await expect.poll(() => page.locator('canvas').count()).toBe(3);

      await page.locator('summary').click();
      expect(await rows()).toBe(2);
      await page.evaluate(() => {
        getSelection()?.selectAllChildren(document.querySelector('.facts.settings dd') as Node);
        document.querySelector('canvas')?.setAttribute('data-mine', '');
        scrollTo(0, 300);
      });
      const kept = () =>
        page.evaluate(() => ({
          selected: String(getSelection()),
          scrolled: scrollY,
          unfolded: document.querySelector('details')?.open,
          canvas: document.querySelectorAll('canvas[data-mine]').length,
          curve: document.querySelector('#chart-loss .u-legend')?.textContent?.includes('training'),
        }));
      const before = await kept();
      expect(before).toMatchObject({ scrolled: 300, unfolded: true, canvas: 1, curve: true });
      tell(epochEvent(3));
      await expect.poll(rows).toBe(3);
      expect(await kept()).toEqual(before);
      expect(await page.locator('.figures').textContent()).toContain('epoch 3 of 3');
    });

    it('keeps the last report, and says that the run has ended', async () => {
      const last = report.page()?.replace('Going on after 3 epochs', 'Finished after 3 epochs');
      await server.close(liveMessage({ status: 'The run has ended.', page: last, isOver: true }));
      await expect.poll(() => page.locator('#live').textContent()).toBe('The run has ended.');
      expect(await page.locator('header').textContent()).toContain('Finished after 3 epochs');
      expect(await page.locator('canvas').count()).toBe(3);
      expect(complaints).toEqual([]);
    });

    it('says so where graft is gone without a word', async () => {
      server = await PageServer.open(0, (nonce) => report.page({ nonce, status: 'Training' }) ?? '');
      await page.goto(server.url);
      await followed();
      await server.close('not JSON'.slice(8)); // an empty message
      await expect.poll(() => page.locator('#live').textContent()).toContain('graft no longer answers');
    });
  },
);
