/**
 * The package from outside: packed, installed into an empty folder, and used by the four examples as its users would. What it may weigh is
 * held here too.
 */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, preview, type Rolldown } from 'vite';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { hasBrowser, launch } from './browser/harness.ts';
import { picture } from './support/cli.ts';
import { compilers, Installed, output, ROOT } from './support/installed.ts';
import { fencedBlocks, transpile } from './support/snippets.ts';

let installed: Installed;
/** The network that comes with graft: what there is without a network. */
const weights = () => join(installed.home, 'node_modules/graft/weights/resnet18-emoji.safetensors');
beforeAll(async () => {
  installed = await Installed.open();
});
afterAll(() => installed.close());

/** Red and blue photos in `folder`, eight of each. */
async function makePhotos(folder: string): Promise<void> {
  for (const [label, name] of ['red', 'blue'].entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let i = 0; i < 8; i++) await writeFile(join(folder, name, `${i}.png`), picture(label, i));
  }
}

it('weighs at most 30 MB, and holds what it needs and nothing else', async () => {
  expect(installed.packedBytes).toBeLessThan(30e6);
  const home = join(installed.home, 'node_modules');
  expect((await readdir(join(home, 'graft'))).sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'drawings', 'package.json', 'weights'].sort(),
  );
  const packages = await readdir(home);
  for (const name of ['esbuild', 'tsx', 'typescript', 'vite', '@sparticuz', 'emoji-datasource-google'])
    expect(packages).not.toContain(name);
});

describe('a TypeScript program in Node', () => {
  it.each(compilers())(
    'passes the compiler of TypeScript $version, strict and nothing more',
    async (compiler) => {
      const folder = await installed.example('node');
      expect(await installed.compile(folder, compiler)).toBe('');
      await writeFile(join(folder, 'main.ts'), "import { loadModel } from 'graft/node';\nloadModel(1);\n");
      expect(await installed.compile(folder, compiler)).toMatch(/main\.ts\(2,11\): error TS2345/);
    },
  );

  it('trains on a folder and says what is on a photo', async () => {
    const folder = await installed.example('node');
    await makePhotos(join(folder, 'photos'));
    await writeFile(join(folder, 'main.mjs'), transpile(await readFile(join(folder, 'main.ts'), 'utf8')));
    const out = await output(process.execPath, ['main.mjs', 'photos', 'photos/red/1.png', weights()], folder);
    expect(out).toMatch(/^epoch 5: 100\.0 % right$/m);
    expect(out).toMatch(/^photos\/red\/1\.png: red [01]\.\d{3}$/m);
  });
});

describe("the README's programs", () => {
  const readme = async () => fencedBlocks(await readFile(join(ROOT, 'README.md'), 'utf8'), 'ts');

  it('pass the compilers', async () => {
    const folder = await installed.example('node');
    const programs = await readme();
    expect(programs.length).toBeGreaterThanOrEqual(5);
    await Promise.all(programs.map((code, i) => writeFile(join(folder, `readme-${i}.ts`), code)));
    for (const compiler of compilers()) expect(await installed.compile(folder, compiler)).toBe('');
  });

  it('train a network from random weights', async () => {
    const folder = await installed.example('node');
    const program = (await readme()).find((code) => code.includes('resnet18(gpu')) ?? '';
    await writeFile(join(folder, 'readme.mjs'), transpile(program));
    const out = await output(process.execPath, ['readme.mjs'], folder);
    const losses = Array.from(out.matchAll(/^step \d+ loss (\d+\.\d+)$/gm), ([, loss]) => Number(loss));
    expect(losses).toHaveLength(10);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2); // ten lines were seen
  });

  it('train on a folder, and say what is on its photos', async () => {
    const folder = await installed.example('node');
    await makePhotos(join(folder, 'photos'));
    const [predicts = '', , trains = ''] = await readme();
    const local = (code: string) =>
      transpile(code)
        .replace("data: 'photos',", `data: 'photos', weights: ${JSON.stringify(weights())}, name: 'again',`)
        .replace('runs/photos', 'runs/again')
        .replace("['cat.jpg', 'dog.jpg']", "['photos/red/0.png', 'none.jpg']");
    await writeFile(join(folder, 'trains.mjs'), local(trains));
    expect(await output(process.execPath, ['trains.mjs'], folder)).toMatch(/^10 1\n\[ 'blue', 'red' \]$/m);
    await writeFile(join(folder, 'predicts.mjs'), local(predicts));
    const said = await output(process.execPath, ['predicts.mjs'], folder);
    expect(said).toMatch(/^photos\/red\/0\.png: red, [01]\.\d+\nnone\.jpg does not exist$/m);
  });
});

describe('the command', () => {
  it('trains in a folder of photos, predicts and exports', async () => {
    const folder = await installed.example('command');
    await makePhotos(join(folder, 'photos'));
    const graft = (...args: string[]) => output('npx', ['--no-install', 'graft', ...args], folder);
    const small = ['--weights', weights(), '--size', '32', '--epochs', '3'];
    expect(await graft('train', '--data', 'photos', ...small)).toContain('runs/photos');
    expect(await graft('predict', 'photos/blue/1.png')).toMatch(/1\.png +\d+\.\d % +blue/);
    await graft('export', '--format', 'onnx', '--output', 'model.onnx');
    expect(await readdir(folder)).toContain('model.onnx');
  });

  it('has the drawings of the run without photos', async () => {
    const folder = await installed.example('command');
    const out = await output(
      'npx',
      ['--no-install', 'graft', 'train', '--epochs', '1', '--size', '32'],
      folder,
    );
    expect(out).toMatch(/animal\s+\d+/);
  });
});

describe.skipIf(!hasBrowser('the package in pages', { page: true }))('in pages', () => {
  it('says what is on a photo in a page that Vite built', async () => {
    const folder = await installed.example('vite');
    for (const compiler of compilers()) expect(await installed.compile(folder, compiler)).toBe('');
    await mkdir(join(folder, 'public'));
    await cp(weights(), join(folder, 'public/best.safetensors'));
    const built = await build({ root: folder, logLevel: 'silent' });
    console.log('PKG', 'output' in built && kilobytesOf(built.output));
    expect('output' in built && kilobytesOf(built.output)).toBeLessThanOrEqual(60);
    await inPage({ root: folder }, async (page) => {
      await expect.poll(() => page.locator('#answer').textContent()).toMatch(/^It knows: /);
      await page.setInputFiles('#photo', { name: 'a.png', mimeType: 'image/png', buffer: picture(0, 1) });
      await expect.poll(() => page.locator('#answer').textContent()).toMatch(/\d+\.\d %, .*\d+\.\d %, /);
    });
  });

  it('trains in a page without a bundler', async () => {
    const folder = await installed.example('page');
    await cp(join(installed.home, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
    await makePhotos(join(folder, 'photos'));
    await inPage({ root: folder, build: { outDir: '.' } }, async (page) => {
      await page.setInputFiles('#photos', join(folder, 'photos'));
      await expect
        .poll(() => page.locator('#says').textContent(), { timeout: 120_000 })
        .toBe('Trained: blue or red?');
      await page.setInputFiles('#photo', { name: 'a.png', mimeType: 'image/png', buffer: picture(0, 1) });
      await expect.poll(() => page.locator('#says').textContent()).toMatch(/^red, /);
      expect(await page.locator('#file').isVisible()).toBe(true);
    });
  });
});

/** What the page's entry needs before it runs, compressed. */
function kilobytesOf(files: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]): number {
  const chunks = files.filter((file) => file.type === 'chunk');
  const needed = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of needed)
    for (const chunk of chunks.filter(({ fileName }) => imports.includes(fileName))) needed.add(chunk);
  return [...needed].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0) / 1000;
}

/** Serves a folder's files, or what was built in it, and opens its page in Chromium; nothing may be complained of. */
async function inPage(
  config: Parameters<typeof preview>[0],
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const server = await preview({
    ...config,
    configFile: false,
    logLevel: 'silent',
    preview: { host: '127.0.0.1', port: 0 },
  });
  const { context } = await launch();
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
    await server.close();
  }
}
