// The book as pages of the site: every document that it leads to, and every source file, as plain HTML without a script. What stands in
// docs stands once; a link between documents is one between pages, and one to a folder is only text, since there is no page for it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { renderMarkdown, renderSource, type Linked } from './learn/render.ts';
import { learnPage, type Neighbours } from './learn/template.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const START = 'docs/book/README.md';
const STYLES = ['web/src/style/base.css', 'web/learn/learn.css'];

/** A page or a picture, by its path on the site. */
type Files = ReadonlyMap<string, string | Uint8Array>;

/** Puts the book below `learn/`. */
export function learn(): Plugin {
  return {
    name: 'learn',
    generateBundle() {
      for (const [fileName, source] of learnFiles()) this.emitFile({ type: 'asset', fileName, source });
    },
    configureServer(server) {
      // Made anew for each request, so that a reload shows what was just written.
      server.middlewares.use((request, response, next) => {
        const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname).slice(1);
        const file = path.startsWith('learn/') ? learnFiles().get(path) : undefined;
        if (file === undefined) return next();
        const type = {
          '.html': 'text/html',
          '.css': 'text/css',
          '.svg': 'image/svg+xml',
          '.png': 'image/png',
        };
        response.setHeader('content-type', type[posix.extname(path) as keyof typeof type]);
        response.end(file);
      });
    },
  };
}

/** All of it, from the book's first page on, wherever links lead within the project. */
export function learnFiles(): Files {
  const files = new Map<string, string | Uint8Array>();
  files.set('learn/learn.css', STYLES.map((path) => readFileSync(join(root, path), 'utf8')).join('\n'));
  const chapters = chapterFiles();
  const open = [START];
  const seen = new Set(open);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const place = placeOf(path);
    if (/\.(svg|png)$/.test(path)) {
      files.set(place, readFileSync(join(root, path)));
      continue;
    }
    const link = (target: string): string | undefined => {
      const [file = '', anchor] = target.split('#');
      if (/^[a-z]+:/.test(target)) return target;
      if (file === '') return target;
      const found = posix.join(posix.dirname(path), file);
      const isFile = existsSync(join(root, found)) && statSync(join(root, found)).isFile();
      if (found.startsWith('..') || !isFile) return undefined;
      if (!seen.has(found)) open.push(found);
      seen.add(found);
      const to = posix.relative(posix.dirname(place), placeOf(found));
      return anchor === undefined ? to : `${to}#${anchor}`;
    };
    files.set(place, pageOf(path, link, chapters));
  }
  return files;
}

function pageOf(path: string, link: Linked, chapters: readonly string[]): string {
  const text = readFileSync(join(root, path), 'utf8');
  const up = posix.relative(posix.dirname(placeOf(path)), '.');
  if (!path.endsWith('.md')) return learnPage({ up, title: path, body: renderSource(path, text) });
  const { title, body } = renderMarkdown(text, link);
  return learnPage({ up, title, body, neighbours: neighboursOf(path, link, chapters) });
}

/** Where a file of the project lies on the site: documents as they lie in docs, sources by their path. */
function placeOf(path: string): string {
  const below = path.startsWith('docs/') ? path.slice('docs/'.length) : `source/${path}`;
  const page = below.replace(/(^|\/)README\.md$/, '$1index.html').replace(/\.md$/, '.html');
  return `learn/${/\.(html|svg|png)$/.test(page) ? page : `${page}.html`}`;
}

/** The chapters in the order of the book's contents. */
function chapterFiles(): readonly string[] {
  const contents = readFileSync(join(root, START), 'utf8');
  return Array.from(contents.matchAll(/\]\((\d\d-[^)]+\.md)\)/g), ([, file = '']) => `docs/book/${file}`);
}

function neighboursOf(path: string, link: Linked, chapters: readonly string[]): Neighbours | undefined {
  const at = chapters.indexOf(path);
  if (at < 0) return undefined;
  const of = (index: number) => {
    const other = chapters[index];
    if (other === undefined) return undefined;
    const [, title = ''] = /^# (.*)$/m.exec(readFileSync(join(root, other), 'utf8')) ?? [];
    return { title, href: link(relative(dirname(path), other)) ?? '' };
  };
  return { name: posix.basename(path, '.md'), before: of(at - 1), after: of(at + 1) };
}
