/** Names of files that open the files, where the report lies on the machine that has them. */
import { html, type Markup } from './markup.ts';

/** The address of the file at an absolute path; undefined for another path, which names a file for people only. */
export function fileUrl(path: string): string | undefined {
  const slashes = path.replaceAll('\\', '/');
  const isDrive = /^[A-Za-z]:\//.test(slashes);
  if (!isDrive && !path.startsWith('/')) return undefined;
  const parts = (isDrive ? slashes : path).split('/').map((part) => encodeURIComponent(part));
  return isDrive ? `file:///${parts.join('/').replace('%3A', ':')}` : `file://${parts.join('/')}`;
}

/** A file by its name below `folder`, to be clicked where it is one of this machine's. */
export function fileLink(path: string, folder: string): Markup {
  const above = `${folder.replace(/[/\\]+$/, '')}/`;
  const isBelow = path.replaceAll('\\', '/').startsWith(above.replaceAll('\\', '/'));
  const name = isBelow ? path.slice(above.length) : path;
  const url = fileUrl(path);
  return url === undefined
    ? html`<code>${name}</code>`
    : html`<a href="${url}" title="${path}"><code>${name}</code></a>`;
}
