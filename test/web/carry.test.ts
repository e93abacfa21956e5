// Runs and projects between a browser and a terminal: what the page gives away the terminal uses and goes on with, and the other way
// round, to the same bits where the adapter is the same.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { graft, picture, type RunOptions } from '../support/cli.ts';
import { expectSameModels } from '../support/train-shop.ts';
import { openKnownSite } from './known-site.ts';
import { axeViolations, chooseSmall, type OpenSite } from './site.ts';
import { openMenu, settled } from './projects.ts';

const there = hasBrowser('runs and projects between browser and terminal', { page: true });

/** The network that the page starts from. */
const SHIPPED = new URL('../../weights/resnet18-emoji.safetensors', import.meta.url).pathname;

describe.skipIf(!there)('what is carried', () => {
  let home: string;
  let site: OpenSite;
  let page: Page;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graft-carry-'));
    for (const [label, name] of ['red', 'blue'].entries()) {
      await mkdir(join(home, 'photos', name), { recursive: true });
      for (let i = 0; i < 6; i++) await writeFile(join(home, 'photos', name, `${i}.png`), picture(label, i));
    }
    await writeFile(join(home, 'new.png'), picture(0, 99));
    site = await openKnownSite();
    ({ page } = site);
    // A dialog of the operating system, which no test can answer.
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
    await page.reload();
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  /** A command on the adapter that the browser has. */
  const inTerminal = (args: readonly string[], options: Pick<RunOptions, 'onOut'> = {}) =>
    graft(args, { cwd: home, env: { GRAFT_ADAPTER: 'swiftshader' }, ...options });
  const untilEpoch = (epoch: number): Pick<RunOptions, 'onOut'> => {
    let isSent = false;
    return {
      onOut(out, kill) {
        if (isSent || !new RegExp(`^epoch +${epoch}/.* %`, 'm').test(out)) return;
        isSent = true;
        kill('SIGINT');
      },
    };
  };
  const epochsIn = async (run: string) =>
    (await readFile(join(home, run, 'history.csv'), 'utf8')).trim().split('\n').length - 1;
  const hashOf = async (path: string) =>
    createHash('sha256')
      .update(await readFile(join(home, path)))
      .digest('hex');
  const bring = async (...files: readonly string[]) => {
    await page
      .getByLabel('Open a project or run')
      .last()
      .setInputFiles(files.map((file) => join(home, file)));
    await settled(page);
  };
  const closeMenu = () => page.getByRole('button', { name: 'Close', exact: true }).first().click();

  /** Clicks a button that saves a zip, and unpacks it. */
  async function takeAway(button: string, into: string): Promise<readonly string[]> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: button }).click(),
    ]);
    await download.saveAs(join(home, download.suggestedFilename()));
    const files = unzipSync(await readFile(join(home, download.suggestedFilename())));
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(home, into, name)), { recursive: true });
      await writeFile(join(home, into, name), bytes);
    }
    return Object.keys(files);
  }

  it('as a run to a terminal predicts the same there, and goes on', async () => {
    await page.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await expect.poll(() => page.locator('.classes > li').count(), { timeout: 30_000 }).toBe(2);
    await settled(page);
    await chooseSmall(page, 4000);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.locator('.figures').waitFor({ timeout: 240_000 });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 120_000 });
    await settled(page);
    const names = await takeAway('Whole run (zip)', '.');
    expect(names).toEqual(expect.arrayContaining(['train/best.safetensors', 'train/last.safetensors']));

    await page.getByLabel('Choose photos to try').last().setInputFiles(join(home, 'new.png'));
    const meter = page.locator('.answers meter').first();
    await meter.waitFor();
    const seen = [await meter.getAttribute('aria-label'), Number(await meter.getAttribute('value'))] as const;
    const { out, code, err } = await inTerminal(['predict', '--model', 'train', 'new.png', '--json']);
    expect(code, err).toBe(0);
    const said = JSON.parse(out) as { readonly class: string; readonly probability: number };
    expect(said.class).toBe(seen[0]);
    expect(Math.abs(said.probability - seen[1])).toBeLessThan(1e-3);
    expect((await inTerminal(['evaluate', '--model', 'train', '--data', 'photos'])).code).toBe(0);

    const before = await epochsIn('train');
    const resumed = await inTerminal(['train', '--resume', 'train'], untilEpoch(before + 2));
    expect(resumed.err).not.toMatch(/^error/m);
    expect(resumed.code).toBe(130);
    expect(await epochsIn('train')).toBeGreaterThan(before + 1);
  });

  it('as a run from a terminal ends here in the same bits', async () => {
    const photos = join(home, 'elsewhere');
    await cp(join(home, 'photos'), photos, { recursive: true });
    const settings = [
      '--weights',
      SHIPPED,
      '--size',
      '32',
      '--batch-size',
      '4',
      '--epochs',
      '3',
      '--tune',
      'layer4.1',
    ];
    const begun = await inTerminal(
      [
        'train',
        '--data',
        photos,
        '--name',
        'begun',
        '--tensorboard',
        '--checkpoint-interval',
        '0',
        ...settings,
      ],
      untilEpoch(1),
    );
    expect(begun.code, begun.err).toBe(130);
    await cp(join(home, 'runs/begun'), join(home, 'runs/ended'), { recursive: true });
    const ended = await inTerminal(['train', '--resume', 'runs/ended', '--data', 'photos']);
    expect(ended.code, ended.err).toBe(0);

    const files = await readdir(join(home, 'runs/begun'), { recursive: true, withFileTypes: true });
    const entries = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map(async ({ parentPath, name }) => {
          const path = join(parentPath, name);
          return [path.slice(home.length + 1), await readFile(path)] as const;
        }),
    );
    await writeFile(join(home, 'begun.zip'), zipSync(Object.fromEntries(entries), { level: 1 }));
    await openMenu(page);
    await bring('begun.zip');
    await page.getByText('1 run taken in.').waitFor();
    await closeMenu();
    await page.getByRole('button', { name: 'Go on with the last run' }).click();
    await page.getByRole('button', { name: 'Train', exact: true }).waitFor({ timeout: 240_000 });
    await settled(page);
    expect(await page.getByRole('alert').count()).toBe(0);
    const back = await takeAway('Whole run (zip)', 'back');
    expect(back.filter((name) => name.includes('tensorboard/'))).toEqual([
      expect.stringMatching(/^begun\/tensorboard\//),
    ]);
    await expectSameModels(join(home, 'runs/ended'), join(home, 'back/begun')); // last holds how long epochs took, too
    for (const file of ['best.safetensors', 'data.json', 'classes.json'])
      expect(await hashOf(`back/begun/${file}`), file).toBe(await hashOf(`runs/ended/${file}`));
  });

  it('as a whole project is one file, and the same project once it is opened', async () => {
    await openMenu(page);
    const names = await takeAway('Save the project as a file', 'project');
    expect(names).toContain('My photos/project.json');
    expect(names).toContain('My photos/photos/blue/0.png');
    expect(names.filter((name) => name.includes('/photos/'))).toHaveLength(12);
    // In a terminal it is a folder like any other.
    const evaluated = await inTerminal([
      ...['evaluate', '--model', 'project/My photos/runs/begun'],
      ...['--data', 'project/My photos/photos'],
    ]);
    expect(evaluated.code, evaluated.err).toBe(0);

    const before = page.url();
    await bring('My photos.graft.zip');
    await expect.poll(() => page.url()).not.toBe(before);
    await expect.poll(() => page.locator('.classes > li').count()).toBe(2);
    await page.getByRole('heading', { name: 'Try it' }).waitFor();
    await settled(page);
    await openMenu(page);
    const rows = page.locator('.projects > li');
    await expect.poll(() => rows.count()).toBe(2);
    for (const row of await rows.all()) expect(await row.innerText()).toContain('12 photos · 2 runs');
    const again = await takeAway('Save the project as a file', 'again');
    expect([...again].sort()).toEqual([...names].sort());
    for (const name of names.filter((name) => !name.endsWith('project.json')))
      expect(await hashOf(`again/${name}`), name).toBe(await hashOf(`project/${name}`));
    expect(await axeViolations(page)).toEqual([]);
  });

  it('is written to a place that the visitor chose, where the browser can ask', async () => {
    await page.evaluate(() => {
      Object.assign(globalThis, {
        showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) => {
          const folder = await navigator.storage.getDirectory();
          return folder.getFileHandle(suggestedName, { create: true });
        },
      });
    });
    await page.getByRole('button', { name: 'Save the project as a file' }).click();
    await settled(page);
    const sizeThere = () =>
      page.evaluate(async () => {
        const folder = await navigator.storage.getDirectory();
        const file = await folder.getFileHandle('My photos.graft.zip').then((handle) => handle.getFile());
        return file.size; // 0 until all is written
      });
    const { length } = await readFile(join(home, 'My photos.graft.zip'));
    await expect.poll(sizeThere, { timeout: 60_000 }).toBe(length);
  });

  it.each<[string, () => Promise<Record<string, Uint8Array>>, string]>([
    [
      'leads out of its folder',
      () => Promise.resolve({ '../../etc/x': strToU8('x') }),
      'leads out of the archive',
    ],
    ['holds nothing of a run', () => Promise.resolve({ 'a/b.txt': strToU8('x') }), 'There is no run in it'],
    [
      'holds a model that is none',
      () => Promise.resolve({ 'r/best.safetensors': strToU8('x'.repeat(100)) }),
      'r was not taken in: ',
    ],
    [
      'holds settings that are none',
      async () => ({ ...(await partsOfRun()), 'r/config.json': strToU8('{"epochs": "<b>many"}') }),
      'r was not taken in: r/config.json is damaged',
    ],
    [
      'holds a history that is none',
      async () => ({ ...(await partsOfRun()), 'r/history.csv': strToU8('=cmd()\n') }),
      'it is not the history of a run',
    ],
    [
      'is a project of a later version',
      () => Promise.resolve({ 'p/project.json': strToU8('{"archive": 9, "name": "x"}') }),
      'of a later version of this site',
    ],
  ])('and %s is refused', async (_, files, message) => {
    await writeFile(join(home, 'hostile.zip'), zipSync(await files(), { level: 0 }));
    await bring('hostile.zip');
    const told = page.locator('dialog').getByRole('alert');
    await told.waitFor();
    expect(await told.innerText()).toContain(message);
    await openMenuAnew();
    await expect.poll(() => page.locator('.projects > li').count()).toBe(2);
    await expect.poll(() => page.locator('.runs li').count()).toBe(2);
  });

  it('with files beside a run that no run has leaves them out', async () => {
    const more = {
      'r/evil.js': strToU8('x'),
      'r/tensorboard/.hidden': strToU8('x'),
      'r/deep/best.txt': strToU8('x'),
    };
    await writeFile(join(home, 'more.zip'), zipSync({ ...(await partsOfRun()), ...more }, { level: 0 }));
    await bring('more.zip');
    await page.getByText('1 run taken in.').waitFor();
    await closeMenu();
    const names = await takeAway('Whole run (zip)', 'more');
    expect(names.map((name) => name.replace('r/', '')).sort()).toEqual(
      Object.keys(await partsOfRun())
        .map((name) => name.replace('r/', ''))
        .sort(),
    );
  });

  it('a second time, or under a name that is none for a folder, is numbered', async () => {
    const parts = Object.entries(await partsOfRun());
    const odd = parts.map(([path, bytes]) => [path.replace('r/', 'r!/'), bytes] as const);
    await writeFile(join(home, 'odd.zip'), zipSync(Object.fromEntries(odd), { level: 0 }));
    await openMenu(page);
    const runs = async () =>
      (await page.locator('.runs li').allInnerTexts()).map((text) => text.split(/\s/)[0]);
    await bring('more.zip');
    await expect.poll(runs, { timeout: 30_000 }).toEqual(['train', 'begun', 'r', 'train-2']);
    await bring('odd.zip');
    await expect.poll(runs, { timeout: 30_000 }).toEqual(['train', 'begun', 'r', 'train-2', 'train-3']);
    await closeMenu();
  });

  it('makes room where a run is removed, and shows the one before it', async () => {
    await openMenu(page);
    for (const name of ['train-3', 'train-2', 'r']) {
      await page.getByRole('button', { name: `Remove the run ${name}`, exact: true }).click();
      await page.getByRole('button', { name: 'Remove the run', exact: true }).click();
      await settled(page);
    }
    await expect.poll(() => page.locator('.runs li').count()).toBe(2);
    await closeMenu();
    expect((await takeAway('Whole run (zip)', 'last'))[0]).toMatch(/^begun\//);
    expect(site.complaints).toEqual([]);
  });

  const openMenuAnew = async () => {
    await closeMenu();
    await openMenu(page);
  };

  /** The files of the terminal's run, by names in an archive. */
  async function partsOfRun(): Promise<Record<string, Uint8Array>> {
    const names = [
      'config.json',
      'classes.json',
      'data.json',
      'history.csv',
      'best.safetensors',
      'last.safetensors',
    ];
    const entries = names.map(
      async (name) => [`r/${name}`, await readFile(join(home, 'runs/ended', name))] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }
});
