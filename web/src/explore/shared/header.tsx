/** What every page of Explore begins with: the way to the others, what it is, and what one can do here. */
import type { ComponentChildren } from 'preact';
import { explorePages, type ExplorePage } from './pages.ts';

export function Header({
  here,
  title,
  children,
}: {
  readonly here: ExplorePage;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  const chapter = explorePages.find(({ name }) => name === here)?.chapter;
  return (
    <header>
      <nav aria-label="Explore">
        <a href="../../index.html">Train on your own photos</a>
        {explorePages.map(({ name, title }) => (
          <a key={name} href={`../${name}/index.html`} aria-current={name === here ? 'page' : undefined}>
            {title}
          </a>
        ))}
        <a href="../../learn/book/index.html">The book</a>
        <a href="../../reference/index.html">Reference</a>
      </nav>
      <h1>{title}</h1>
      <p>{children}</p>
      {chapter && (
        <p class="chapter">
          In the book:{' '}
          <a href={`../../learn/book/${chapter[0]}.html`}>
            {parseInt(chapter[0])}. {chapter[1]}
          </a>
        </p>
      )}
    </header>
  );
}
