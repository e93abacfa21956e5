/**
 * The README's pictures, taken of what they show: `npm run pictures`. A run is trained in a tab and filmed, its report is opened, and the
 * page of a training step takes one. Needs Chromium, as the tests of pages do; on a software adapter a few minutes.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openSite, type OpenSite } from '../../test/web/site.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const WIDE = { width: 1100, height: 760 };

/** A palette is enough for pages, and takes a third of the bytes. */
const save = async (name: string, png: Buffer) =>
  writeFile(join(HERE, name), await sharp(png).png({ palette: true, effort: 10 }).toBuffer());

/** Trains on the drawings that come with the site, photographed as it goes on; gives the run's report. */
async function film({ page }: OpenSite): Promise<Uint8Array> {
  await page.getByText('Computing on').waitFor();
  await page.getByRole('button', { name: /drawings/ }).click();
  await page.locator('.stages').waitFor();
  await page.locator('.status .idle').waitFor({ state: 'attached' });
  await page.getByText('More settings').click();
  await page.getByLabel('Image size').fill('64');
  await page.getByLabel('Epochs', { exact: true }).fill('30');
  await page.getByText('More settings').click();
  const train = page.locator('section', { has: page.getByRole('heading', { name: 'Train', exact: true }) });
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const frames: Buffer[] = [];
  const result = page.getByRole('heading', { name: 'Result' });
  while (!(await result.isVisible())) {
    await train.scrollIntoViewIfNeeded();
    frames.push(await page.screenshot({ clip: await clipOf(page, train) }));
    await page.waitForTimeout(200);
  }
  frames.push(await page.screenshot({ clip: await clipOf(page, train) }));
  await writeFile(join(HERE, 'training.gif'), await animated(distinct(frames)));
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  return readFile(await (await download).path());
}

type Shown = ReturnType<Page['locator']>;

/** As much of the section as one window shows, the same for all frames. */
async function clipOf(page: Page, section: Shown) {
  await section.evaluate((one) => one.scrollIntoView());
  const box = await section.boundingBox();
  return { x: Math.max(0, (box?.x ?? 0) - 16), y: Math.max(0, box?.y ?? 0), width: 960, height: 560 };
}

/** Frames that differ from the one before. */
const distinct = (frames: readonly Buffer[]): Buffer[] =>
  frames.filter((frame, i) => i === 0 || !frame.equals(frames[i - 1] ?? Buffer.alloc(0)));

/** At most 24 frames, the last for longer. */
async function animated(frames: readonly Buffer[]): Promise<Buffer> {
  const few = frames.filter((_, i) => i % Math.ceil(frames.length / 24) === 0 || i === frames.length - 1);
  const small = await Promise.all(few.map((frame) => sharp(frame).resize({ width: 720 }).png().toBuffer()));
  const delay = few.map((_, i) => (i === few.length - 1 ? 3000 : 250));
  return sharp(small, { join: { animated: true } })
    .gif({ delay, loop: 0, colours: 32, effort: 10, interFrameMaxError: 4 })
    .toBuffer();
}

async function photographReport({ page }: OpenSite, report: Uint8Array): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'graft-pictures-'));
  try {
    const file = join(home, 'report.html');
    await writeFile(file, report);
    await page.goto(`file://${file}`);
    await page.waitForTimeout(500);
    await save('report.png', await page.screenshot());
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function photographStep({ page, url }: OpenSite): Promise<void> {
  await page.goto(`${url}explore/step/index.html`);
  await page.getByText('Recorded for').waitFor();
  await page.getByLabel('Batch size').selectOption('8');
  await page.getByLabel('Image size').selectOption('64');
  await page.getByRole('button', { name: 'layer4 frozen' }).click();
  await page.getByRole('button', { name: 'Take this step' }).click();
  await page.getByText('steps were timed').waitFor({ timeout: 300_000 });
  await page.getByRole('heading', { name: /^Operations/ }).evaluate((one) => one.scrollIntoView());
  await page.locator('rect.backward').first().hover();
  await save('step.png', await page.screenshot());
}

const site = await openSite({});
try {
  await site.page.setViewportSize(WIDE);
  const report = await film(site);
  await photographReport(site, report);
  await photographStep(site);
  if (site.complaints.length > 0) throw new Error(`The site complains: ${site.complaints.join('; ')}`);
} finally {
  await site.close();
}
