/** Photos for the tests of pages: small pictures in folders of classes, files that are dropped on a page, and what its cards show. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { picture } from '../support/cli.ts';
import type { Locator, Page } from 'playwright-core';

/** A folder with so many photos of each class, by its name and whether it is red (0) or blue (1). */
export async function photoFolder(classes: Readonly<Record<string, 0 | 1>>, each: number): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'graft-web-'));
  for (const [name, label] of Object.entries(classes)) {
    const folder = join(home, 'photos', name);
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < each; i++) await writeFile(join(folder, `${name}-${i}.png`), picture(label, i));
  }
  return home;
}

/** Drops files on an element, by their names; names are all that a drop by a script can give, so folders go by archives. */
export const dropOn = (element: Locator, files: Readonly<Record<string, Uint8Array>>): Promise<void> =>
  element.evaluate(
    (area, entries) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of entries)
        dataTransfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
      area.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const),
  );

/** The classes as their cards tell them: "cats: 12 photos". */
export const cards = (page: Page): Promise<string[]> =>
  page
    .locator('.classes > li')
    .evaluateAll((items) =>
      items.map(
        (item) =>
          `${item.querySelector('input')?.value ?? ''}: ${item.querySelector('.card-count')?.textContent ?? ''}`,
      ),
    );
