// Markdown and sources as HTML: with anchors as on a code host, highlighted code, and wide things that scroll by themselves.
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';
import MarkdownIt from 'markdown-it';
import { tokenAt, type TokenKind } from '../../src/run/kernels/tokens.ts';

hljs.registerLanguage('sh', bash);
hljs.registerLanguage('json', json);
hljs.registerLanguage('py', python);
hljs.registerLanguage('ts', typescript);

/** Where a link leads on the site; undefined where there is no page for it. */
export type Linked = (target: string) => string | undefined;

/** A document's title, which is its first heading, and all of it as HTML. */
export function renderMarkdown(
  text: string,
  link: Linked,
): { readonly title: string; readonly body: string } {
  const markdown = new MarkdownIt({ html: false, highlight: highlighted });
  const tokens = markdown.parse(text, {});
  let title = '';
  const taken = new Map<string, number>();
  tokens.forEach((token, i) => {
    if (token.type !== 'heading_open') return;
    const words = tokens[i + 1]?.content ?? '';
    if (title === '') title = words.replaceAll('`', '');
    const slug = slugOf(words);
    const times = taken.get(slug) ?? 0;
    taken.set(slug, times + 1);
    token.attrSet('id', times === 0 ? slug : `${slug}-${times}`);
  });
  for (const { children } of tokens) {
    const open: boolean[] = []; // of each link that is open: whether it leads anywhere
    for (const token of children ?? []) {
      if (token.type === 'image') token.attrSet('src', link(String(token.attrGet('src') ?? '')) ?? '');
      if (token.type === 'link_open') {
        const to = link(String(token.attrGet('href') ?? ''));
        open.push(to !== undefined);
        if (to === undefined) [token.tag, token.attrs] = ['span', null];
        else token.attrSet('href', to);
      }
      if (token.type === 'link_close' && open.pop() === false) token.tag = 'span';
    }
  }
  markdown.renderer.rules['table_open'] = () => '<div class="wide" tabindex="0"><table>\n';
  markdown.renderer.rules['table_close'] = () => '</table></div>\n';
  return { title, body: markdown.renderer.render(tokens, markdown.options, {}) };
}

/** A source file under its path. */
export function renderSource(path: string, text: string): string {
  const ending = path.slice(path.lastIndexOf('.') + 1);
  const language = /^(ts|tsx|mjs|js)$/.test(ending) ? 'ts' : ending;
  return `<h1><code>${escaped(path)}</code></h1>\n${highlighted(text, language)}`;
}

/** A block of code; a `pre` that scrolls can be reached by keyboard. */
function highlighted(code: string, language: string): string {
  const known = hljs.getLanguage(language);
  const html =
    language === 'wgsl'
      ? colouredWgsl(code)
      : known
        ? hljs.highlight(code, { language }).value
        : escaped(code);
  return `<pre tabindex="0"><code>${html}</code></pre>`;
}

/** The highlighter's classes for what the tokenizer of kernels tells apart. */
const WGSL_CLASSES: Readonly<Partial<Record<TokenKind, string>>> = {
  ...{ comment: 'comment', keyword: 'keyword', type: 'type', builtin: 'built_in' },
  ...{ attribute: 'meta', number: 'number' },
};

/** The highlighter does not know WGSL, and the site's editor does. */
function colouredWgsl(code: string): string {
  let depth = 0;
  const line = (text: string): string => {
    let html = '';
    for (let from = 0; from < text.length;) {
      const token = tokenAt(text, from, depth);
      const kind = WGSL_CLASSES[token.kind];
      const words = escaped(text.slice(from, token.to));
      html += kind === undefined ? words : `<span class="hljs-${kind}">${words}</span>`;
      ({ to: from, depth } = token);
    }
    return html;
  };
  return code.split('\n').map(line).join('\n');
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A heading's anchor as code hosts make it. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
