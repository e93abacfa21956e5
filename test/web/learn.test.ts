/** The book on the site: every page and picture that a page leads to is there, and all of it can be read by everyone. */
import { writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chapters } from '../../docs/book/chapter.ts';
import { learnFiles } from '../../web/learn.ts';
import { explorePages } from '../../web/src/explore/shared/pages.ts';
import { hasBrowser } from '../browser/harness.ts';
import { axeViolations, builtSite, openSite } from './site.ts';

const there = hasBrowser('the book', { page: true });

const files = learnFiles();
const text = (path: string): string => {
  const content = files.get(path);
  return typeof content === 'string' ? content : '';
};
const pages = [...files.keys()].filter((path) => path.endsWith('.html'));

describe('the book’s pages', () => {
  it('are all of its chapters, each with its figures and with the chapters beside it', () => {
    for (const [i, { file, text: markdown }] of chapters.entries()) {
      const page = text(`learn/book/${file.replace('.md', '.html')}`);
      for (const [, figure] of markdown.matchAll(/\(figures\/(\S+\.svg)\)/g))
        expect(page).toContain(`src="figures/${figure}"`);
      const next = chapters[i + 1];
      if (next) expect(page).toContain(`rel="next" href="${next.file.replace('.md', '.html')}"`);
      expect(page.match(/<h1/g)).toHaveLength(1);
    }
  });

  it('lead nowhere that is not there, and to no heading that is not there', async () => {
    const built = await builtSite();
    expect(pages.length).toBeGreaterThan(chapters.length);
    let followed = 0;
    for (const page of pages)
      for (const [, target = ''] of text(page).matchAll(/(?:href|src)="([^"]+)"/g)) {
        if (/^(data|https?):/.test(target)) continue;
        if (target.endsWith('/reference/index.html')) continue; // made beside the site, and tested by itself
        const [path = '', anchor] = target.split('#');
        const found = path === '' ? page : posix.join(posix.dirname(page), path);
        expect(built.has(`/some/where/${found}`), `${target} of ${page}`).toBe(true);
        if (anchor !== undefined) expect(text(found), `${target} of ${page}`).toContain(`id="${anchor}"`);
        followed += 1;
      }
    expect(followed).toBeGreaterThan(100);
  });

  it('are where the pages of Explore say that they are explained', () => {
    for (const { chapter } of explorePages) {
      const [file, title] = chapter;
      const found = chapters.find((one) => one.file === `${file}.md`);
      expect(found?.text.split('\n')[0]).toBe(`# ${parseInt(file)}. ${title}`);
    }
  });

  it('run nothing, and let nothing of a document through as HTML', () => {
    for (const page of pages) expect(text(page), page).not.toMatch(/<script|<iframe|\son\w+=|\sstyle=/i);
  });
});

describe.skipIf(!there)('the book in a browser', () => {
  it('has no barrier that axe finds, wide, narrow and dark, asks nobody, and shows its figures', async () => {
    const site = await openSite();
    const { page } = site;
    const seen = process.env['SCREENSHOTS'];
    try {
      for (const [name, width, colorScheme] of [
        ['index', 1280, 'light'],
        ['03-one-function-many-threads', 1280, 'light'],
        ['03-one-function-many-threads', 360, 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.goto(`${site.url}learn/book/${name}.html`);
        expect(await axeViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        const widths = await page
          .locator('img')
          .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
        expect(widths.every((one) => one > 0)).toBe(true);
        if (seen !== undefined)
          await writeFile(`${seen}/learn-${name}-${width}.png`, await page.screenshot({ fullPage: true }));
      }
      await page.getByRole('link', { name: /^Next: 4\./ }).click();
      expect(await page.locator('h1').textContent()).toBe('4. Record, plan, submit');
      expect(site.complaints).toEqual([]);
      expect(site.origins()).toEqual([new URL(site.url).origin]);
    } finally {
      await site.close();
    }
  });
});
