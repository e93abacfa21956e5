// What src/platform/web promises, in Chromium: an adapter, and files and locks across reloads and killed writers.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contract } from '../../src/run/store/contract.ts';
import { hasBrowser, TestBrowser } from './harness.ts';

const there = hasBrowser("a browser's adapter, files and locks");

/** Bytes of a file that takes some milliseconds to write. */
const SIZE = 3_000_000;

describe.skipIf(!there)('a browser as a platform', () => {
  let browser: TestBrowser;
  let path = '';
  let paths = 0;
  beforeAll(async () => {
    browser = await TestBrowser.open({ worker: 'test/browser/platform.ts' });
  });
  beforeEach(async () => {
    path = `runs/${++paths}`;
    await browser.reopen();
  });
  afterAll(() => browser.close());
  const contents = () => browser.call('contents', path);

  describe.each([true, false])('files, where renaming is to be had: %s', (canMove) => {
    beforeEach(() => canMove || browser.call('withoutMove'));

    it('are written, replaced, extended and removed, and are there after a reload', async () => {
      expect(await contents()).toBeUndefined();
      await browser.call('write', path, 'config.json', '{"long": true}');
      await browser.call('write', path, 'config.json', '{}');
      await browser.call('append', path, 'history.csv', 'one\n');
      await browser.call('append', path, 'history.csv', 'two\n');
      await browser.call('append', path, 'tensorboard/events', 'abc');
      await browser.call('write', path, 'gone', '…');
      await browser.call('remove', path, 'gone');
      await browser.call('remove', path, 'never/was');
      const expected = { 'config.json': '{}', 'history.csv': 'one\ntwo\n', tensorboard: 'folder' };
      expect(await contents()).toEqual(expected);
      await browser.reopen();
      expect(await contents()).toEqual(expected);
      expect(await browser.call('names', path)).toEqual(Object.keys(expected)); // nothing besides
      expect(await browser.call('read', path, 'tensorboard/events')).toBe('abc');
      expect(await browser.call('size', path, 'history.csv')).toBe(8);
      expect(await browser.call('size', path, 'missing')).toBeUndefined();
      expect(await browser.call('read', path, 'missing')).toBeUndefined();
      await browser.call('remove', path, 'tensorboard');
      expect(await browser.call('names', path)).toEqual(['config.json', 'history.csv']);
    });

    it('are written in turn where nobody waits', async () => {
      await browser.call('atOnce', path, ['1', '2', '3']);
      expect(await contents()).toEqual({ last: '3', log: '123' });
    });

    it('are whole whenever their writer is killed', { timeout: 120_000 }, async () => {
      for (const [kills, milliseconds] of [5, 20, 35, 60, 90].entries()) {
        await browser.call('hammer', path, SIZE);
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        await browser.reopen();
        if (!canMove) await browser.call('withoutMove');
        const remains = await browser.call<{ lines: number }>('remains', path, SIZE);
        expect(remains).toMatchObject({ before: true, after: true, logEnds: true, names: ['a', 'log'] });
        expect(remains.lines).toBeGreaterThan(kills);
      }
    });

    it('stay as they were where there is no more room', async () => {
      const lift = await browser.limitStorage(10_000_000);
      expect(await browser.call('overfill', path, 20_000_000)).toEqual({
        ...{ problems: ['full', 'full'], a: 'before', log: 'before', names: ['a', 'log'] },
      });
      await lift();
    });
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['before the new content was complete', { a: 'old', '.a.next': 'ne' }, { a: 'old' }],
    ['before it was copied', { a: 'old', '.a.next': 'new', '.a.commit': '' }, { a: 'new' }],
    ['before there was a copy at all', { '.a.next': 'new', '.a.commit': '' }, { a: 'new' }],
    ['while it was copied', { a: 'n', '.a.next': 'new', '.a.commit': '' }, { a: 'new' }],
    ['after it was copied', { a: 'new', '.a.next': 'new' }, { a: 'new' }],
  ])('reads what counts of a writer that was killed %s, and tidies up', async (_, left, expected) => {
    await browser.call('leave', path, left);
    expect(await contents()).toEqual(expected);
    await browser.call('tidy', path);
    expect(await browser.call('names', path)).toEqual(['a']);
    expect(await contents()).toEqual(expected);
  });

  it.each(['append', 'write'])('goes on with what counts: %s', async (method) => {
    await browser.call('leave', path, { a: 'n', '.a.next': 'new', '.a.commit': '' });
    await browser.call(method, path, 'a', 'er');
    expect(await contents()).toEqual({ a: method === 'append' ? 'newer' : 'er' });
    expect(await browser.call('names', path)).toEqual(['a']);
  });

  it('says what is wrong: a folder that is gone, no storage, names that are none', async () => {
    expect(await browser.call('writeIntoNothing')).toBe('gone');
    expect(await browser.call('problem', 'runs/.hidden')).toContain(
      'RangeError: "runs/.hidden" is not a valid path',
    );
    expect(await browser.call('problem', '/runs')).toContain('RangeError');
    await browser.call('withoutStorage');
    expect(await browser.call('problem', 'runs')).toBe('unavailable');
  });

  it.each(Object.entries(contract))('as a store of runs %s', async (story, { ending }) => {
    expect(await browser.call('tell', story)).toEqual(ending);
    expect(await browser.call('tellInMemory', story)).toEqual(ending);
  });

  it('locks a folder against others until it is released or its holder is gone', async () => {
    expect(await browser.call('lock', path)).toBe(true);
    expect(await browser.call('lock', path)).toBe(false);
    expect(await browser.call('lock', `${path}-other`)).toBe(true);
    await browser.reopen();
    // The browser lets go of it once the worker is gone, which closing its page does not wait for.
    await expect.poll(() => browser.call('lock', path)).toBe(true);
    await browser.call('unlock');
    expect(await browser.call('lock', path)).toBe(true);
  });

  it('opens the engine on its adapter, or says what is in the way', async () => {
    expect(await browser.call('adapterWorks')).toBe(6);
    expect(await browser.call('adapterFacts')).toMatchObject({ isSoftware: true }); // SwiftShader
    expect(await browser.call('adapterFacts', { vendor: 'apple', architecture: 'metal-3' })).toEqual({
      name: 'apple metal-3',
      isSoftware: false,
    });
    expect(await browser.call('adapterFacts', { description: 'Microsoft Basic Render Driver' })).toEqual({
      name: 'Microsoft Basic Render Driver',
      isSoftware: true,
    });
    expect(await browser.call('adapterProblem', 'none', true)).toBe('no-webgpu');
    expect(await browser.call('adapterProblem', 'none', false)).toBe('insecure-context');
    expect(await browser.call('adapterProblem', 'without', true)).toBe('no-adapter');
    expect(await browser.call('adapterProblem', 'without', true, true)).toBe('blocked');
    expect(await browser.call('adapterProblem', 'fallback', true)).toBe('none');
  });
});
