/** What a page of the site fetches before anything is opened on it, compressed as servers do. */
import { gzipSync } from 'node:zlib';
import { builtSite } from './site.ts';

/** Bytes of the scripts and styles that a page of Explore names, at most some of which are shared with others. */
export async function firstViewBytes(page: string): Promise<number> {
  const contents = await builtSite();
  const text = (path: string) => {
    const content = contents.get(`/some/where/${path}`);
    if (content === undefined) throw new Error(`The site has no ${path}.`);
    return typeof content === 'string' ? content : new TextDecoder().decode(content);
  };
  const named = [...text(`explore/${page}/index.html`).matchAll(/(?:src|href)="\.\.\/\.\.\/([^"]+)"/g)];
  if (named.length < 2) throw new Error(`The page ${page} names no files.`);
  return named.reduce((sum, [, path = '']) => sum + gzipSync(text(path), { level: 9 }).length, 0);
}
