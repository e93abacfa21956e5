// A headless Chromium for one page, on SwiftShader: the browser that is installed, or the one that comes with the optional
// package whose SwiftShader graft uses in Node. Its profile and whatever it unpacks live in a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { untar } from '../../src/platform/node/tar.ts';

const PACKAGE = '@sparticuz/chromium';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const FLAGS = [
  ...['--headless', '--no-sandbox', '--no-first-run', '--disable-quic', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
  ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
];
/** What the package's build needs besides, which is made for containers without processes to spare. */
const PACKAGE_FLAGS = [
  '--single-process',
  '--no-zygote',
  '--use-angle=swiftshader',
  '--ignore-gpu-blocklist',
];

/** Why there is no Chromium, for those who found none. */
export const noChromium = (): string =>
  process.env['CHROME_PATH']
    ? `$CHROME_PATH, ${process.env['CHROME_PATH']}, is not a program`
    : `there is no Chromium: ${NAMES.join(', ')} and the npm package ${PACKAGE} were tried`;

type Chromium = { readonly path: string } | { readonly package: string };

/** Where there is a Chromium: at $CHROME_PATH, on the PATH, or packed in an npm package. */
export function findChromium(): Chromium | undefined {
  const given = process.env['CHROME_PATH'];
  if (given) return isExecutable(given) ? { path: given } : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const path = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (path !== undefined) return { path };
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined; // what the package is built for
  try {
    createRequire(import.meta.url).resolve(PACKAGE);
    return { package: PACKAGE };
  } catch {
    return undefined;
  }
}

/** How a Chromium is started that keeps its files in `folder`. */
export interface ChromiumCommand {
  readonly path: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The command of the Chromium found, unpacked into `folder` where it is packed; throws if there is none. */
export async function chromiumCommand(folder: string): Promise<ChromiumCommand> {
  const found = findChromium();
  if (!found) throw new Error(`No page can be opened, because ${noChromium()}.`);
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder };
  if ('path' in found) return { path: found.path, flags: FLAGS, env };
  const path = await unpack(folder);
  return { path, flags: [...FLAGS, ...PACKAGE_FLAGS], env: { ...env, LD_LIBRARY_PATH: join(folder, 'lib') } };
}

/** Opens `url` in a fresh Chromium that keeps its files in `folder`; throws if there is none. */
export async function openChromium(url: string, folder: string): Promise<ChildProcess> {
  const { path, flags, env } = await chromiumCommand(folder);
  // A process group of its own, so that its many processes can be ended as one.
  return spawn(path, [...flags, `--user-data-dir=${join(folder, 'profile')}`, url], {
    stdio: 'ignore',
    detached: true,
    env,
  });
}

/** Unpacks the package's browser into `folder`, with the libraries that a bare machine lacks; gives the program's path. */
async function unpack(folder: string): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(PACKAGE); // …/build/cjs/index.cjs
  const libraries = readFileSync(join(dirname(entry), '..', '..', 'bin', 'al2023.tar.br'));
  mkdirSync(join(folder, 'lib'));
  for (const [name, data] of untar(brotliDecompressSync(libraries))) writeFileSync(join(folder, name), data);
  const { default: chromium } = (await import(PACKAGE)) as {
    readonly default: { executablePath(): Promise<string> };
  };
  // It unpacks into the folder for temporary files, and runs what it finds there: make that our own.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
