/** What tests of projects do with a page and with the storage of its origin, past the site. */
import type { Page } from 'playwright-core';
import type { OpenSite } from './site.ts';

/** Waits until the page waits for nothing. */
export const settled = async (page: Page): Promise<void> => {
  await page.locator('button.project').waitFor();
  await page.locator('.status .idle').waitFor({ state: 'attached' });
};

export async function openMenu(page: Page): Promise<void> {
  await page.locator('button.project').click();
  await page.getByRole('heading', { name: 'Projects' }).waitFor();
  await settled(page);
}

/** Opens a page of the site's origin that does nothing. */
export async function openNothing(page: Page, site: OpenSite): Promise<void> {
  await page.route('**/nothing', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await page.goto(`${site.url}nothing`);
}

/** Writes files of the origin's storage by path; undefined removes what is there. */
export const putFiles = (page: Page, files: Readonly<Record<string, string | undefined>>): Promise<void> =>
  page.evaluate(async (entries) => {
    for (const [path, text] of entries) {
      let folder = await navigator.storage.getDirectory();
      const parts = path.split('/');
      const name = parts.pop() ?? '';
      for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
      if (text === undefined) {
        await folder.removeEntry(name, { recursive: true }).catch(() => undefined); // not there
        continue;
      }
      const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await writable.write(text);
      await writable.close();
    }
  }, Object.entries(files));

/** All files of the origin's storage below a folder, as text, in order. */
export const contentsOf = (page: Page, path: string): Promise<[path: string, text: string][]> =>
  page.evaluate(async (path) => {
    type Listed = FileSystemDirectoryHandle & {
      entries(): AsyncIterable<[string, FileSystemFileHandle | FileSystemDirectoryHandle]>;
    };
    const found: [string, string][] = [];
    const walk = async (folder: FileSystemDirectoryHandle, prefix: string) => {
      for await (const [name, handle] of (folder as Listed).entries()) {
        if (handle.kind === 'directory') await walk(handle, `${prefix}${name}/`);
        else found.push([`${prefix}${name}`, await (await handle.getFile()).text()]);
      }
    };
    let folder = await navigator.storage.getDirectory();
    for (const part of path.split('/').filter(Boolean)) folder = await folder.getDirectoryHandle(part);
    await walk(folder, '');
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }, path);

/** From now on the page's workers have no storage, as in some private windows. */
export async function withoutStorage(page: Page): Promise<void> {
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    const refuse =
      "StorageManager.prototype.getDirectory=()=>Promise.reject(new DOMException('Blocked.','SecurityError'));";
    await route.fulfill({ response, body: refuse + (await response.text()) });
  });
}
