/** How soon the train page takes a drop, after a load that the browser's cache helps. */
import { openSite } from '../../test/web/site.ts';
import { spread } from '../peers/statistics.ts';

/** Prints the time from the start of a load until the page takes photos. */
export async function measurePage(rounds: number): Promise<void> {
  const site = await openSite();
  const times: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      await site.page.goto('about:blank');
      await site.page.goto(site.url, { waitUntil: 'commit' });
      const readyAt = await site.page.waitForFunction(() => {
        const picker = document.querySelector<HTMLButtonElement>('.drop button');
        const isIdle = document.querySelector('.status .idle') !== null;
        return picker && !picker.disabled && isIdle ? performance.now() : undefined;
      });
      const ready = (await readyAt.jsonValue()) ?? NaN;
      if (round > 0) times.push(ready); // the first fills the cache
    }
  } finally {
    await site.close();
  }
  const { median, min, max } = spread(times);
  console.log(
    `page: takes a drop ${median.toFixed(0)} ms after a warm load (${min.toFixed(0)}–${max.toFixed(0)})`,
  );
}
