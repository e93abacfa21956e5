// The GPU process of a browser crashes in the middle of a run: the device is lost, as by a driver that is reset.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, TestBrowser } from '../browser/harness.ts';
import type { Chapter } from './story.ts';

const there = hasBrowser('a crash of the GPU process', { page: true });

describe.skipIf(!there)('a run in a browser whose GPU process crashes', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await TestBrowser.open({
      worker: 'test/two-faces/worker.ts',
      modules: { decode: 'src/platform/web/decode-worker.ts' },
    });
  });
  afterAll(() => browser.close());

  it('goes on on another device to the same bits', async () => {
    await browser.call<Chapter>('train', 'whole');
    const run = browser.call<{ kind: string; losses: number }>('trainThroughLoss', 'crashed', 3);
    await browser.call('reached');
    await browser.crashGpu();
    expect(await run).toEqual({ kind: 'trained', losses: 1 });
    for (const file of ['best', 'last'])
      expect(await browser.call('model', 'crashed', file), file).toBe(
        await browser.call('model', 'whole', file),
      );
  });
});
