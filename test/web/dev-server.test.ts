// `npm run web`: the development server gives out the same page, with its styles and workers.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { expect, it } from 'vitest';
import { hasBrowser, launch } from '../browser/harness.ts';

const there = hasBrowser('the development server', { page: true });

it.skipIf(!there)('the development server shows the train page, with nothing refused', async () => {
  const configFile = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url));
  const server = await createServer({ configFile, logLevel: 'silent', server: { port: 0, hmr: false } });
  const { context, folder } = await launch();
  try {
    await server.listen();
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page.getByText('Computing on').waitFor({ timeout: 120_000 }); // the engine's worker is at work
    // By a rule of a style that a module imports.
    const shown = page.locator('button.project').evaluate((menu) => getComputedStyle(menu).textOverflow);
    expect(await shown).toBe('ellipsis');
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
