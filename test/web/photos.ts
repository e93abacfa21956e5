/** Files that are dropped on a page, and what its cards show. */
import type { Locator, Page } from 'playwright-core';

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
