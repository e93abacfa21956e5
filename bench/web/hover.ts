/** How smoothly the pages of Explore follow a pointer: frames while it moves over what they draw. */
import type { Locator, Page } from 'playwright-core';
import { openSite, type OpenSite } from '../../test/web/site.ts';
import { spread } from '../peers/statistics.ts';
import { framesWhile } from './frames.ts';

/** Points along the diagonal of a picture. */
const POINTS = 120;

/** Each page with what must be there before there is something to point at. */
const pages: readonly {
  readonly name: string;
  readonly prepare: (page: Page) => Promise<unknown>;
  readonly over: (page: Page) => Locator;
}[] = [
  {
    name: 'step',
    prepare: (page) => page.getByText('Recorded for').waitFor(),
    over: (page) => page.locator('svg.boxes'),
  },
  {
    name: 'photo',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Take a drawing' }).click();
      await page.locator('canvas').nth(1).waitFor({ timeout: 240_000 });
    },
    over: (page) => page.locator('canvas').last(),
  },
];

/** Prints the frames a second of each page, and the time between frames that 95 of a hundred keep within. */
export async function measureHover(): Promise<void> {
  const site = await openSite();
  try {
    for (const page of pages) await measureOne(site, page);
  } finally {
    await site.close();
  }
}

async function measureOne(
  { page, url }: OpenSite,
  { name, prepare, over }: (typeof pages)[number],
): Promise<void> {
  await page.goto(`${url}explore/${name}/index.html`);
  await prepare(page);
  const target = over(page);
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error(`The page ${name} has nothing to point at.`);
  const times = await framesWhile(page, async () => {
    for (let i = 0; i <= POINTS; i++)
      await page.mouse.move(box.x + (box.width * i) / POINTS, box.y + (box.height * i) / POINTS);
  });
  const slow = [...times].sort((a, b) => a - b)[Math.floor(0.95 * times.length)] ?? NaN;
  const { median } = spread(times);
  console.log(
    `hover: ${name} ${(1000 / median).toFixed(0)} frames a second, ${slow.toFixed(1)} ms between frames at the 95th percentile, ${times.length} frames`,
  );
}
