/** How a page looks to everyone: wide and light, narrow and dark. */
import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { axeViolations } from './site.ts';

const WIDE = 1280;
const LOOKS = [
  [WIDE, 'light'],
  [360, 'dark'],
] as const;

/**
 * Asserts that axe finds no barrier, and that nothing but what scrolls by itself is wider than the window. With SCREENSHOTS=DIR a picture of
 * each look is left there, under the page's name.
 */
export async function expectNoBarriers(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  for (const [width, colorScheme] of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    if (folder !== undefined)
      await writeFile(`${folder}/${name}-${width}.png`, await page.screenshot({ fullPage: true }));
  }
  await page.setViewportSize({ width: WIDE, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
