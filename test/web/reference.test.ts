/** The reference on the site: TypeDoc finds all documented, and its pages work under their policy, which lets in files of the site alone. */
import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { referenceFiles } from '../../web/reference/render.ts';
import { hasBrowser, launch } from '../browser/harness.ts';
import { listen, send } from '../browser/site.ts';

const there = hasBrowser('the reference', { page: true });

it.skipIf(!there)('leads from a word that is searched for to what it means, and asks nobody', async () => {
  const files = await referenceFiles();
  const contents = new Map(Array.from(files, ([path, content]) => [`/some/where/${path}`, content]));
  const site = await listen((request, response) =>
    send({ contents, folders: [] }, request.url ?? '/', response),
  );
  const { context, folder } = await launch();
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(site.url) && !request.url().startsWith('data:'))
        complaints.push(request.url());
    });
    await page.goto(`${site.url}some/where/reference/index.html`);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.locator('#tsd-search-input').fill('bceWithLogits');
    await page.locator('#tsd-search-results [role=option]').first().click();
    await page.getByRole('heading', { level: 1, name: /bceWithLogits/ }).waitFor();
    expect(await page.getByRole('link', { name: 'The book' }).first().getAttribute('href')).toBe(
      '../../learn/book/index.html',
    );
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    site.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});
