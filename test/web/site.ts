/** The built site in headless Chromium, for the tests of its pages: served below a folder, and watched for what it must not do. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { build, mergeConfig, type InlineConfig } from 'vite';
import { launch } from '../browser/harness.ts';
import { listen, send } from '../browser/site.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Names the folder of the site that a test run built once, each file named by its escaped path. */
export const BUILT_SITE = 'GRAFT_TEST_SITE';

type SiteContents = Map<string, string | Uint8Array>;

/** The built site by path, as `buildSite` gives it: the one of this test run, where there is one. */
export async function builtSite(): Promise<SiteContents> {
  const folder = process.env[BUILT_SITE];
  if (folder === undefined) return buildSite();
  const names = await readdir(folder);
  const contents = names.map(
    async (name) => [decodeURIComponent(name), await readFile(join(folder, name))] as const,
  );
  return new Map(await Promise.all(contents));
}

/** Builds the site, by path below a folder of its own: it must work under any. `changed` is merged into its configuration. */
export async function buildSite(changed: InlineConfig = {}): Promise<SiteContents> {
  const built = await build(
    mergeConfig<InlineConfig, InlineConfig>(
      {
        configFile: join(ROOT, 'web/vite.config.ts'),
        logLevel: 'silent',
        build: { write: false },
      },
      changed,
    ),
  );
  if (!('output' in built)) throw new Error('The site is not one build.');
  const contents = built.output.map(
    (file) => [`/some/where/${file.fileName}`, file.type === 'chunk' ? file.code : file.source] as const,
  );
  const site: SiteContents = new Map(contents);
  return site.set('/some/where/', site.get('/some/where/index.html') ?? '');
}

export interface OpenSite {
  readonly url: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors on the console and exceptions that nobody caught. */
  readonly complaints: readonly string[];
  /** The origins that were asked for anything. */
  readonly origins: () => readonly string[];
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Of Chromium, beside the usual ones. */
  readonly flags?: readonly string[];
  /** Runs in the page before anything of the site does. */
  readonly before?: () => void;
}

/** Opens the site in a browser with nothing stored; where `changed` is given, one that is built with it. */
export async function openSite(
  changed?: InlineConfig,
  { flags, before }: SiteOptions = {},
): Promise<OpenSite> {
  const contents = changed ? await buildSite(changed) : await builtSite();
  const server = await listen((request, response) =>
    send({ contents, folders: [] }, request.url ?? '/', response),
  );
  const { context, folder } = await launch(flags);
  const complaints: string[] = [];
  const asked = new Set<string>();
  if (before) await context.addInitScript(before);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  const url = `${server.url}some/where/`;
  await page.goto(url);
  return {
    ...{ url, context, page, complaints },
    origins: () => [...asked].filter((origin) => origin !== 'null'),
    async close() {
      await context.close();
      server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** What axe finds wrong on the page as it is. */
export async function axeViolations(page: Page): Promise<string[]> {
  // As a debugger does, past the page's policy, which allows no script from elsewhere.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run()).violations.map(({ id }) => id);
  });
}

/**
 * Sets a run of so many epochs at 64 pixels, as the network that comes with graft learned: the size that would be chosen takes many times as
 * long on a software adapter and tells plain pictures no better.
 */
export async function chooseSmall(page: Page, epochs: number): Promise<void> {
  const size = page.getByLabel('Image size');
  if (!(await size.isVisible())) await page.getByText('More settings').click();
  await size.fill('64');
  await page.getByLabel('Epochs', { exact: true }).fill(String(epochs));
}
