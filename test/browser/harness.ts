// Code in a browser, for tests: TypeScript is bundled, served from this machine, and run in a dedicated worker of a page in a
// headless Chromium, as a web face will run the engine. What its functions return comes back to the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { chromiumCommand, findChromium, noChromium } from './chromium.ts';
import type { Call } from './page.ts';
import { listen, send } from './site.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Modules by the name that a page imports them by: those that are not of a browser's world, and what stands for them. */
export type StandIns = Readonly<Record<string, string>>;

export interface BrowserOptions {
  /** The module, named from the package's folder, that the worker begins with: it calls `answer` of worker.ts. */
  readonly worker: string;
  /** Further modules that the worker may import by itself, by the URL's path without its ending. */
  readonly modules?: Readonly<Record<string, string>>;
  readonly standIns?: StandIns;
  /** Folders whose files are served too. */
  readonly folders?: readonly string[];
}

/**
 * Whether there is a browser to test in; where there is none, says once that `what` is skipped and why. The one that comes with an
 * npm package is of a single process: enough for workers and storage, and not for a `page` that is used by hand.
 */
export function hasBrowser(what: string, { page = false } = {}): boolean {
  const found = findChromium();
  if (found && 'package' in found && page) {
    console.log(`skipped: ${what}, because the Chromium of npm's package has a single process`);
    return false;
  }
  if (found) return true;
  console.log(`skipped: ${what}, because ${noChromium()}`);
  return false;
}

/**
 * A Chromium whose profile lives in a folder of its own, to be removed once the context is closed; throws where there is none.
 * `more` are flags beside the usual ones.
 */
export async function launch(
  more: readonly string[] = [],
): Promise<{ readonly folder: string; readonly context: BrowserContext }> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-browser-'));
  const { path, flags, env } = await chromiumCommand(folder);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: path,
    args: [...flags, ...more],
    env: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  });
  return { folder, context };
}

/** A browser with a page of its own origin, whose storage stays until `close`. */
export class TestBrowser {
  private page: Page | undefined;
  /** What the page logged as errors since it was opened. */
  private complaints: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly site: { readonly url: string; close(): void },
    private readonly context: BrowserContext,
  ) {}

  /** Bundles, serves, and opens the page in a Chromium of its own; throws if there is none. */
  static async open(options: BrowserOptions): Promise<TestBrowser> {
    const contents = await bundle(options);
    const site = await listen((request, response) =>
      send({ contents, folders: options.folders ?? [] }, request.url ?? '/', response),
    );
    const { folder, context } = await launch();
    const browser = new TestBrowser(folder, site, context);
    await browser.reopen();
    return browser;
  }

  /** Calls one of the worker's functions; rejects with its error's text. Arguments and result are plain data. */
  async call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    if (!this.page) throw new Error('The page is closed.');
    try {
      return (await this.page.evaluate(
        ([name, args]) => (globalThis as unknown as { call: Call }).call(name, args),
        [name, args] as const,
      )) as T;
    } catch (error) {
      throw new Error([String(error), ...this.complaints].join('\n'), { cause: error });
    }
  }

  /** Takes the page away, whatever it was at, and opens it anew, with a new worker; the origin's storage is as it was left. */
  async reopen(): Promise<void> {
    const before = this.page;
    this.page = await this.context.newPage();
    await before?.close();
    this.complaints = [];
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    this.page.on('pageerror', (error) => this.complaints.push(String(error)));
    await this.page.goto(this.site.url);
    await this.page.waitForFunction('globalThis.call');
  }

  /** Ends the browser's GPU process, as a driver's crash does; devices are lost, and the browser starts another process. */
  async crashGpu(): Promise<void> {
    if (!this.page) throw new Error('The page is closed.');
    const session = await this.context.newCDPSession(this.page);
    await session.send('Browser.crashGpuProcess');
    await session.detach();
  }

  /** Lets the origin store so many bytes more than it has, until what is given back is called or the page is opened anew. */
  async limitStorage(bytes: number): Promise<() => Promise<void>> {
    if (!this.page) throw new Error('The page is closed.');
    const { usage = 0 } = await this.page.evaluate(() => navigator.storage.estimate());
    const session = await this.context.newCDPSession(this.page);
    await session.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(this.site.url).origin,
      quotaSize: usage + bytes,
    });
    return () => session.detach();
  }

  async close(): Promise<void> {
    await this.context.close();
    this.site.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** The files of a page by their path: each worker a file, as a site that allows no scripts from memory needs it. */
async function bundle({
  worker,
  modules,
  standIns = {},
}: BrowserOptions): Promise<Map<string, string | Uint8Array>> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: { page: 'test/browser/page.ts', worker, ...modules },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outExtension: { '.js': '.mjs' },
    write: false,
    logLevel: 'silent',
    plugins: [standIn(standIns)],
  });
  return new Map<string, string | Uint8Array>([
    [
      '/',
      '<!doctype html><title>graft</title><link rel="icon" href="data:,"><script type="module" src="/page.mjs"></script>',
    ],
    ...outputFiles.map(({ path, contents }) => [path, contents] as const),
  ]);
}

/** Resolves an import to its stand-in: a package's by its name, a file's by the end of the path that it leads to. */
function standIn(standIns: StandIns): esbuild.Plugin {
  const names = Object.keys(standIns);
  const found = (path: string, from: string) =>
    names.find((name) => path === name || (path.startsWith('.') && join(from, path).endsWith(name)));
  return {
    name: 'stand-ins',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, resolveDir }) => {
        const name = found(path, resolveDir);
        return name === undefined ? undefined : { path: join(ROOT, standIns[name]!) }; // one of its names
      });
    },
  };
}
