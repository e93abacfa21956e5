import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Page } from './page.ts';

let folder: string;
let page: Page;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graft-page-'));
  writeFileSync(join(folder, 'engine.mjs'), 'export {};');
  page = await Page.serve({ contents: new Map([['/', '<p>page</p>']]), folders: [folder] });
});
afterEach(() => {
  page.close();
  rmSync(folder, { recursive: true });
});

const get = (path: string) => fetch(new URL(path, page.url));

it('serves contents and files, with types that let a browser run them', async () => {
  const root = await get('/');
  expect([root.headers.get('content-type'), await root.text()]).toEqual(['text/html', '<p>page</p>']);
  const script = await get('/deep/engine.mjs');
  expect([script.headers.get('content-type'), await script.text()]).toEqual([
    'text/javascript',
    'export {};',
  ]);
  expect((await get('/nothing.mjs')).status).toBe(404);
});

it('serves no file from outside of its folders', async () => {
  const response = await get(`/..%2f..%2f..%2fetc%2fpasswd`);
  expect(response.status).toBe(404);
});

it('lets the page go on once a call, whichever of the two comes first', async () => {
  const begun: number[] = [];
  const ask = async (call: number) => {
    await get('/next');
    begun.push(call);
  };
  page.next();
  await ask(1);
  const second = ask(2);
  await get('/'); // after which the page's question has arrived
  expect(begun).toEqual([1]);
  page.next();
  await second;
  expect(begun).toEqual([1, 2]);
});

it('hears all that the page posts, in order, before or after it listens', async () => {
  const post = (body: string) => fetch(new URL('/said', page.url), { method: 'POST', body });
  const first = page.hear();
  await post('{"ms":1}');
  await post('{"ms":2}');
  await post('{"ms":3}');
  await expect(first).resolves.toEqual({ ms: 1 });
  await expect(page.hear()).resolves.toEqual({ ms: 2 });
  await expect(page.hear()).resolves.toEqual({ ms: 3 });
});

it('stops whoever listens when the page fails, now and later', async () => {
  const nothing = page.hear();
  page.fail(new Error('The browser ended.'));
  page.fail(new Error('And ended again.'));
  await expect(nothing).rejects.toThrow('The browser ended.');
  await expect(page.hear()).rejects.toThrow('The browser ended.');
});
