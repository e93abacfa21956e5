// Projects as a visitor has them: several, one of them open in a tab, kept over reloads, from earlier versions of the site and where the
// browser keeps nothing.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser/harness.ts';
import { photoFolder } from './photos.ts';
import { openKnownSite } from './known-site.ts';
import { axeViolations, type OpenSite } from './site.ts';
import { contentsOf, openMenu, openNothing, putFiles, settled, withoutStorage } from './projects.ts';

const there = hasBrowser('the projects of the page', { page: true });

describe.skipIf(!there)('projects', () => {
  let home: string;
  let site: OpenSite;
  let page: Page;

  beforeAll(async () => {
    home = await photoFolder({ red: 0, blue: 1 }, 4);
    site = await openKnownSite();
    await site.page.close(); // it has a project open
  });
  beforeEach(async () => {
    await page?.close();
    page = await site.context.newPage();
    page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await site.close();
    await rm(home, { recursive: true, force: true });
  });

  const classes = (of = page) => of.locator('.classes > li');
  const projectButton = (of = page) => of.locator('button.project');
  /** Opens the site as it is at an address of its own. */
  const visit = async (hash = '', of = page) => {
    await of.goto('about:blank');
    await of.goto(`${site.url}${hash}`);
    await settled(of);
  };
  const addPhotos = async (of = page) => {
    await of.getByLabel('Choose a folder').last().setInputFiles(join(home, 'photos'));
    await expect.poll(() => classes(of).count(), { timeout: 30_000 }).toBe(2);
    await settled(of);
  };
  const makeProject = async (name: string) => {
    await openMenu(page);
    await page.getByLabel('Name of a new project').fill(name);
    await page.getByRole('button', { name: 'Make it' }).click();
    await expect.poll(() => projectButton().innerText()).toContain(name);
    await settled(page);
  };

  it('are several, each with its own photos and address', async () => {
    await visit();
    const first = page.url();
    expect(first).toMatch(/#project=\w+/);
    await addPhotos();
    await makeProject('Bees & <b>wasps');
    expect(page.url()).not.toBe(first);
    await expect.poll(() => classes().count()).toBe(0);
    await page.reload();
    await settled(page);
    await expect.poll(() => projectButton().innerText()).toContain('Bees & <b>wasps');
    await page.goBack();
    await expect.poll(() => classes().count()).toBe(2);
    expect(page.url()).toBe(first);
  });

  it('are listed with what is in them, renamed, and opened again where one was last', async () => {
    await visit();
    await openMenu(page);
    const rows = page.locator('.projects > li');
    await expect.poll(() => rows.count()).toBe(2);
    await expect.poll(() => rows.first().innerText()).toMatch(/8 photos · 0 runs · [\d.]+ KiB · opened/);
    const name = page.getByLabel('Name of the project My photos');
    await name.fill('Colours');
    await name.blur();
    await expect.poll(() => projectButton().innerText()).toContain('Colours');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await visit();
    await expect.poll(() => projectButton().innerText()).toContain('Colours');
    await expect.poll(() => classes().count()).toBe(2);
  });

  it('are removed after a question', async () => {
    await visit();
    await openMenu(page);
    const remove = page.getByRole('button', { name: 'Remove the project Bees & <b>wasps' });
    await remove.click();
    // Asked again as soon as the question is gone, before the browser tells that its dialog was closed.
    const again = remove.evaluate(
      (button: HTMLButtonElement) =>
        new Promise<void>((resolve) => {
          const question = document.querySelector('dialog:has(.main)');
          const watched = new MutationObserver(() => {
            if (question?.hasAttribute('open')) return;
            watched.disconnect();
            button.click();
            question?.addEventListener('close', () => setTimeout(resolve, 100), { once: true });
          });
          if (question) watched.observe(question, { attributes: true });
        }),
    );
    await page.getByRole('button', { name: 'Keep it' }).click();
    await again;
    await page.getByRole('button', { name: 'Remove the project', exact: true }).click();
    await expect.poll(() => page.locator('.projects > li').count()).toBe(1);
    // The one that is open, too: then there is a new one.
    await page.getByRole('button', { name: 'Remove the project Colours' }).click();
    await page.getByRole('button', { name: 'Remove the project', exact: true }).click();
    await expect.poll(() => projectButton().innerText()).toContain('My photos');
    await expect.poll(() => classes().count()).toBe(0);
    // The new one is there to be used while the old one's files are still being removed.
    const isNew = ([path, text]: readonly [string, string]) =>
      path.endsWith('/project.json') && !/Colours|wasps/.test(text);
    await expect
      .poll(async () => (await contentsOf(page, 'projects')).filter((file) => !isNew(file)))
      .toEqual([]);
  });

  it('that are gone, damaged or of a later version are told, and left as they are', async () => {
    await visit('#project=nowhere');
    expect(await page.getByRole('alert').innerText()).toContain('There is no such project');
    await visit('#project=..%2f..');
    expect(await page.getByRole('alert').innerText()).toContain('names no project');
    await openNothing(page, site);
    const later = '{"version": 99, "name": "From tomorrow", "photos": {"as": "they like"}}';
    await putFiles(page, { 'projects/later/project.json': later, 'projects/broken/project.json': '{' });
    await visit('#project=later');
    expect(await page.getByRole('alert').innerText()).toContain(
      'The project “From tomorrow” was made by a later version',
    );
    expect(await contentsOf(page, 'projects/later')).toEqual([['project.json', later]]);
    await page.getByRole('button', { name: 'Choose a project' }).click();
    const row = page.locator('.projects > li').filter({ hasText: 'later version' });
    expect(await row.getByRole('button', { name: 'Open', exact: false }).isDisabled()).toBe(true);
    await visit('#project=broken');
    expect(await page.getByRole('alert').innerText()).toContain('project.json is damaged');
    for (const id of ['later', 'broken']) await putFiles(page, { [`projects/${id}`]: undefined });
  });

  it('in a second tab are only to be looked at, until the first is closed', async () => {
    await visit();
    await addPhotos();
    const second = await site.context.newPage();
    await visit(new URL(page.url()).hash, second);
    await second.getByText('This project is open in another tab.').waitFor();
    await expect.poll(() => classes(second).count()).toBe(2);
    expect(await second.getByLabel('Name of the class red').isDisabled()).toBe(true);
    expect(await second.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
    // Looking changes nothing.
    await second.getByRole('button', { name: 'Show all photos of red' }).click();
    await second.locator('.cell').first().click();
    expect(await second.locator('.opened').innerText()).toContain('4 photos, 1 chosen');
    expect(await second.locator('.opened').getByRole('button', { name: 'Remove' }).isDisabled()).toBe(true);
    await second.keyboard.press('Delete');
    expect(await second.locator('.cell').count()).toBe(4);
    await second
      .locator('.drop')
      .first()
      .evaluate((area) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['…'], 'dropped.png'));
        area.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      });
    await expect.poll(() => second.getByRole('alert').innerText()).toContain('nothing was changed');
    // Another project is free.
    const third = await site.context.newPage();
    await visit(new URL(page.url()).hash, third);
    await openMenu(third);
    await third.getByLabel('Name of a new project').fill('Third');
    await third.getByRole('button', { name: 'Make it' }).click();
    await expect.poll(() => projectButton(third).innerText()).toContain('Third');
    await settled(third);
    await addPhotos(third);
    await openMenu(third);
    await third.getByRole('button', { name: 'Remove the project My photos' }).click();
    await third.getByRole('button', { name: 'Remove the project', exact: true }).click();
    await expect.poll(() => third.getByRole('alert').last().innerText()).toContain('open in another tab');
    await third.close();

    await page.getByRole('button', { name: 'Remove the class blue' }).click();
    await expect.poll(() => classes().count()).toBe(1);
    await settled(page);
    await page.close();
    await second.getByText('This project is open in another tab.').waitFor({ state: 'hidden' });
    await expect.poll(() => classes(second).count()).toBe(1); // as the first tab left it
    expect(await second.getByLabel('Name of the class red').isDisabled()).toBe(false);
    await addPhotos(second);
    await second.reload();
    await settled(second);
    expect(await second.getByText('This project is open in another tab.').count()).toBe(0);
    await second.close();
  });

  it('of the time before there were projects become one', async () => {
    const files = await emptied();
    const index = [
      { name: 'red', folder: 'c1', photos: ['a b.png', '.hidden.png'] },
      { name: 'blue', folder: 'c2', photos: ['c.png'] },
    ];
    await putFiles(page, {
      'photos/index.json': JSON.stringify(index),
      'photos/c1/a%20b.png': 'a',
      'photos/c1/%2Ehidden.png': 'h',
      'photos/c2/c.png': 'c',
      'runs/train/history.csv': 'epoch\n',
      'runs/train/tensorboard/events': 'e',
      // The migration was cut off once already.
      'projects/first/photos/c1/a%20b.png': 'a',
    });
    expect(files).toEqual([]);
    await visit();
    await expect.poll(() => projectButton().innerText()).toContain('My photos');
    await expect.poll(() => classes().count()).toBe(2);
    // A run that is none hides nothing.
    expect(await page.getByRole('alert').innerText()).toContain('it is not the history of a run');
    expect((await contentsOf(page, '')).map(([name]) => name)).toEqual([
      ...['projects/first/photos/c1/%2Ehidden.png', 'projects/first/photos/c1/a%20b.png'],
      ...[
        'projects/first/photos/c2/c.png',
        'projects/first/photos/index.json',
        'projects/first/project.json',
      ],
      ...['projects/first/runs/train/history.csv', 'projects/first/runs/train/tensorboard/events'],
    ]);
    await page.reload();
    await settled(page);
    await expect.poll(() => classes().count()).toBe(2);
  });

  it('work without storage, for as long as the tab is open, and say so', async () => {
    const private_ = await site.context.newPage();
    await withoutStorage(private_);
    await visit('#project=first', private_);
    await private_.getByText('This browser keeps nothing for this page').waitFor();
    await addPhotos(private_);
    await visit('', private_);
    await expect.poll(() => classes(private_).count()).toBe(0);
    await private_.close();
  });

  /** The origin's storage with nothing in it, and a page of the site that does nothing. */
  async function emptied(): Promise<unknown[]> {
    await openNothing(page, site);
    await putFiles(page, { projects: undefined, checked: undefined, measured: undefined });
    return contentsOf(page, '');
  }
});
