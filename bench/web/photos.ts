/** Photos of a megapixel brought in by the thousand: how long until the page can train, how long its thread is taken at once, and how much memory it takes. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as jpeg from 'jpeg-js';
import { plural } from '../../src/format.ts';
import { createRandom } from '../../src/random.ts';
import { openSite } from '../../test/web/site.ts';
import { tasksOf } from './tasks.ts';

const [WIDTH, HEIGHT] = [1152, 864];
/** Drawing and encoding are slow: a few pictures are drawn, and each copy has a comment of its own. */
const DRAWN = 24;

/** Prints the time from the choice of a folder with `count` photos until the page can train, and until it has read them. */
export async function measurePhotos(count: number): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'graft-photos-'));
  const site = await openSite();
  try {
    await writePhotos(home, count);
    const { page } = site;
    page.setDefaultTimeout(300_000);
    const train = page.getByRole('button', { name: 'Train', exact: true });
    const before = await memoryOf(site);
    let trainable = 0;
    const comingIn = await tasksOf(page, async () => {
      const start = performance.now();
      await page.getByLabel('Choose a folder').last().setInputFiles(home);
      await page
        .getByText(plural(count / 2, 'photo'))
        .first()
        .waitFor();
      await page.waitForFunction(() => document.querySelector('.status .idle') !== null);
      await train.waitFor();
      trainable = performance.now() - start;
    });
    console.log(
      `photos: ${count} of ${((WIDTH * HEIGHT) / 1e6).toFixed(1)} megapixels are in after ${(trainable / 1000).toFixed(1)} s; ` +
        `the page took ${before} MB before, and takes ${await memoryOf(site)} MB with them in`,
    );
    let read = '';
    const reading = await tasksOf(page, async () => {
      const pressed = performance.now();
      await train.click();
      await page.waitForFunction(() =>
        /total +[\d,]+ +[\d,]+/.test(document.querySelector('pre')?.textContent ?? ''),
      );
      read = ((performance.now() - pressed) / 1000).toFixed(1);
    });
    console.log(`photos: read for training in ${read} s more; the page takes ${await memoryOf(site)} MB`);
    for (const [what, tasks] of Object.entries({ 'coming in': comingIn, reading }))
      console.log(
        `photos: ${what}, the longest of ${tasks.length} tasks of the page's thread took ${Math.max(...tasks).toFixed(0)} ms`,
      );
  } finally {
    await site.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** Two classes of photos with shapes, gradients and grain. */
async function writePhotos(home: string, count: number): Promise<void> {
  for (let i = 0; i < DRAWN; i++) {
    const random = createRandom(7, i);
    const data = new Uint8Array(WIDTH * HEIGHT * 4);
    const [x0, y0, r] = [random.below(WIDTH), random.below(HEIGHT), 100 + random.below(300)];
    for (let y = 0, to = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++, to += 4) {
        const inside = (x - x0) ** 2 + (y - y0) ** 2 < r * r;
        const grain = random.below(24);
        data[to] = (inside ? 180 : (x * 200) / WIDTH) + grain;
        data[to + 1] = (inside ? 60 + 40 * (i % 2) : (y * 200) / HEIGHT) + grain;
        data[to + 2] = (i % 2 ? 150 : 60) + grain;
        data[to + 3] = 255;
      }
    const { data: bytes } = jpeg.encode({ width: WIDTH, height: HEIGHT, data }, 85);
    for (let copy = i; copy < count; copy += DRAWN) {
      const folder = join(home, i % 2 ? 'odd' : 'even');
      await mkdir(folder, { recursive: true });
      const comment = Buffer.from(String(copy).padStart(8, '0'));
      const marker = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
      const file = Buffer.concat([bytes.subarray(0, 2), marker, comment, bytes.subarray(2)]);
      await writeFile(join(folder, `${copy}.jpg`), file);
    }
  }
}

/** Megabytes of memory of the page's process, its workers among them: what is its own, shared parts in proportion. */
async function memoryOf({ context }: Awaited<ReturnType<typeof openSite>>): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession();
  const { processInfo } = (await session?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  await session?.detach();
  const sizes = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const text = await readFile(`/proc/${id}/smaps_rollup`, 'utf8').catch(() => '');
        return Number(/^Pss: +(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
      }),
  );
  return Math.round(Math.max(0, ...sizes));
}
