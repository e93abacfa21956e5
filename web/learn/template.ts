// What surrounds a page of the book: the site's navigation, its policy, and the way to the chapters beside it.
import { contentPolicy } from '../policy.ts';
import { explorePages } from '../src/explore/shared/pages.ts';
import { escaped } from './render.ts';

export interface Neighbours {
  /** The chapter's own name: that of its file. */
  readonly name: string;
  readonly before: Neighbour | undefined;
  readonly after: Neighbour | undefined;
}

interface Neighbour {
  readonly title: string;
  readonly href: string;
}

/** `up`: the way from the page's folder to the site's first page, `..` or `../..`. */
export function learnPage({
  up,
  title,
  body,
  neighbours,
}: {
  readonly up: string;
  readonly title: string;
  readonly body: string;
  readonly neighbours?: Neighbours | undefined;
}): string {
  const live = explorePages.filter(({ chapter }) => neighbours?.name === chapter[0]);
  const links = [
    ['index.html', 'Train on your own photos'],
    ...explorePages.map(({ name, title }) => [`explore/${name}/index.html`, title] as const),
    ['learn/book/index.html', 'The book'],
    ['reference/index.html', 'Reference'],
  ];
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${contentPolicy([])}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>graft: ${escaped(title)}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${up}/learn/learn.css" />
  </head>
  <body>
    <main>
      <nav aria-label="The site">
        ${links.map(([href = '', text = '']) => `<a href="${up}/${href}">${escaped(text)}</a>`).join('\n        ')}
      </nav>
      <article>
${body}
      </article>
${live.map(({ name, title }) => `      <p>See it at work: <a href="${up}/explore/${name}/index.html">${escaped(title)}</a></p>\n`).join('')}${neighbours ? around(neighbours) : ''}    </main>
  </body>
</html>
`;
}

function around({ before, after }: Neighbours): string {
  const link = (neighbour: Neighbour | undefined, rel: string, word: string) =>
    neighbour
      ? `<a rel="${rel}" href="${escaped(neighbour.href)}">${word}: ${escaped(neighbour.title)}</a>`
      : '';
  return `      <nav aria-label="Chapters" class="chapters">
        ${link(before, 'prev', 'Before')}
        ${link(after, 'next', 'Next')}
      </nav>
`;
}
