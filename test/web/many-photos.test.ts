// A thousand photos come in while the page stays at hand: no task of its own takes its thread for long, and it shows what is in sight.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { picture } from '../support/cli.ts';
import { cards } from './photos.ts';
import { settled } from './projects.ts';
import { openKnownSite } from './known-site.ts';
import type { OpenSite } from './site.ts';

const there = hasBrowser('a thousand photos', { page: true });
const COUNT = 1000;

/** An event of Chromium's tracing; `tdur` is the time that its thread computed, `ts` and `dur` when it was, in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly chrome_mojo_event_info?: { readonly watcher_notify_interface_tag?: string };
  };
}

const isIn = (outer: TraceEvent) => (event: TraceEvent) =>
  event.ts >= outer.ts && event.ts <= outer.ts + (outer.dur ?? 0);

describe.skipIf(!there)('a thousand photos', () => {
  let home: string;
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-many-'));
    for (const [label, name] of ['red', 'blue'].entries()) {
      await mkdir(join(home, 'photos', name), { recursive: true });
      for (let i = 0; i < COUNT / 2; i++)
        await writeFile(join(home, 'photos', name, `${i}.png`), picture(label, i));
    }
    site = await openKnownSite();
    ({ page } = site);
    await settled(page);
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  /** The milliseconds that each task of a page's main thread computed during `work`: waiting for a busy machine is not among them. */
  async function tasksOf(work: () => Promise<void>): Promise<number[]> {
    const session = await site.context.newCDPSession(page);
    const events: TraceEvent[] = [];
    session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
    const includedCategories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories },
    });
    await work();
    const complete = new Promise((resolve) => session.on('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
    const main = new Set(
      events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread),
    );
    const own = events.filter((event) => main.has(thread(event)));
    // Making a thousand `File` objects is Chromium's own work, in one task with the page's handler, which alone counts then.
    const chosen = own.filter(
      ({ args }) => args.chrome_mojo_event_info?.watcher_notify_interface_tag === 'blink.mojom.FileChooser',
    );
    const handlers = own.filter(({ name }) => name === 'EventDispatch');
    for (const choice of chosen) expect(handlers.filter(isIn(choice)).length).toBeGreaterThan(0);
    return own
      .filter(({ name }) => /RunTask$/.test(name))
      .flatMap((task) => (chosen.some(isIn(task)) ? handlers.filter(isIn(task)) : [task]))
      .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1000]));
  }

  it('come in without a task of more than 100 ms on the page', async () => {
    const tasks = await tasksOf(async () => {
      await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
      await page.getByText('1,000 photos added').waitFor({ timeout: 240_000 });
    });
    expect(await cards(page)).toEqual(['blue: 500 photos', 'red: 500 photos']);
    expect(tasks.length).toBeGreaterThan(100);
    expect(Math.max(...tasks)).toBeLessThan(100);
  });

  it('are shown by those in sight alone, whose addresses are given back', async () => {
    await page.evaluate(() => {
      const live = new Set<string>();
      Object.assign(globalThis, { live });
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (blob: Blob) => {
        const url = createObjectURL.call(URL, blob);
        live.add(url);
        return url;
      };
      URL.revokeObjectURL = (url: string) => {
        live.delete(url);
        revokeObjectURL.call(URL, url);
      };
    });
    const counts = () =>
      page.evaluate(() => ({
        nodes: document.querySelectorAll('*').length,
        options: document.querySelectorAll('[role=option]').length,
        urls: (globalThis as unknown as { live: Set<string> }).live.size,
      }));
    const tasks = await tasksOf(async () => {
      await page.getByRole('button', { name: 'Show all photos of blue' }).click();
      const grid = page.getByRole('listbox', { name: 'Photos of blue' });
      await grid.focus();
      for (let i = 0; i < 8; i++) await page.keyboard.press('PageDown');
      await page.keyboard.press('End');
      await page.locator('[role=option][aria-posinset="500"] img').waitFor();
    });
    expect(Math.max(...tasks)).toBeLessThan(100);
    const { nodes, options, urls } = await counts();
    expect(options).toBeLessThan(150);
    expect(nodes).toBeLessThan(options * 2 + 300);
    expect(urls).toBeLessThanOrEqual(options);
    await page.getByRole('button', { name: 'Close photos of blue' }).click();
    await expect.poll(async () => (await counts()).urls).toBe(0);
    expect(site.complaints).toEqual([]);
  });

  it('train without one', async () => {
    await page.getByText('More settings').click();
    await page.getByLabel('Image size').fill('32');
    await page.getByLabel('Epochs', { exact: true }).fill('3');
    const tasks = await tasksOf(async () => {
      await page.getByRole('button', { name: 'Train', exact: true }).click();
      await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 240_000 });
      await page.getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 60_000 });
      await page.getByText('the photos set aside').first().waitFor(); // they have been looked at
    });
    expect(tasks.length).toBeGreaterThan(100);
    expect(Math.max(...tasks)).toBeLessThan(100);
  });
});
