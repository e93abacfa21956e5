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

/** A path, to be clicked where it is one of this machine's. */
export function fileLink(path: string): Markup {
  const url = fileUrl(path);
  return url === undefined ? html`<code>${path}</code>` : html`<a href="${url}"><code>${path}</code></a>`;
}
