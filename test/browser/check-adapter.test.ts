// A browser's adapter is checked before it is trained on: once where it is right, and each time where it is not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, TestBrowser } from './harness.ts';

const there = hasBrowser("the check of a browser's adapter");

describe.skipIf(!there)("a browser's adapter", () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await TestBrowser.open({ worker: 'test/browser/check-adapter.ts' });
  });
  afterAll(() => browser.close());
  const check = (version: string) => browser.call('check', version);

  it('is checked once for each version of graft, across reloads', async () => {
    expect(await check('1')).toEqual({ checks: 1, problem: undefined });
    expect(await check('1')).toEqual({ checks: 0, problem: undefined });
    await browser.reopen();
    expect(await check('1')).toEqual({ checks: 0, problem: undefined });
    expect(await check('2')).toEqual({ checks: 1, problem: undefined });
    expect(await check('1')).toEqual({ checks: 0, problem: undefined });
  });

  it('is refused for as long as it computes wrongly, with what was found', async () => {
    await browser.reopen();
    await browser.call('spoil');
    const problem = {
      kind: 'computes-wrong',
      wrong: { operation: 'conv2d.forward', index: 0, output: expect.stringContaining('y by') as string },
    };
    expect(await check('3')).toMatchObject({ checks: 1, problem });
    expect(await check('3')).toMatchObject({ checks: 1, problem });
  });
});
