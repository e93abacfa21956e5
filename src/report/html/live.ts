/**
 * The report of a run that goes on, in a page that follows it: whatever has changed is changed in place, so that the page keeps its
 * scroll position, what is selected or unfolded, and the curves under the pointer. The newest report stays when the run is over.
 */
import { html, rawText, type Markup } from './markup.ts';
import { styleSheet } from './style.ts';

/** A page that is served while its run goes on. */
export interface LivePage {
  /** What the server's policy lets scripts of this page run by. */
  readonly nonce: string;
  /** How far the run is, in words. */
  readonly status: string;
}

/** What the server tells the page, at the address `events`: how far the run is, its report where that has changed, and if it is over. */
export const liveMessage = (message: {
  readonly status: string;
  readonly page?: string | undefined;
  readonly isOver?: boolean;
}): string => JSON.stringify(message);

/** The page while there is no report yet; it gives way to the first. */
export function waitingPage(live: LivePage): string {
  const page = html`<html lang="en" data-waiting>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <link rel="icon" href="data:," />
      <title>graft – training report</title>
      <style>
        ${rawText(styleSheet, 'style')}
      </style>
    </head>
    <body>
      <main><p class="lead">The report begins when training does.</p></main>
      ${liveParts(live)}
    </body>
  </html> `;
  return `<!doctype html>\n${page.text}`;
}

/** What a page that follows a run has beside its report. */
export const liveParts = ({ nonce, status }: LivePage): Markup =>
  html`<p class="live" id="live" role="status">${status}</p>
    <script nonce="${nonce}">
      ${rawText(liveScript, 'script')};
    </script>`;

/** Runs in the reader's browser. */
const liveScript = `(() => {
  const status = document.getElementById('live');
  const isKept = (now) => now.nodeName === 'NOSCRIPT' || (now.id ?? '').startsWith('chart-');
  const sameAttributes = (now, next) => {
    for (const { name } of [...now.attributes])
      if (!next.hasAttribute(name) && !(now.nodeName === 'DETAILS' && name === 'open')) now.removeAttribute(name);
    for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  };
  const become = (now, next) => {
    if (now.nodeType !== next.nodeType || now.nodeName !== next.nodeName) return now.replaceWith(next.cloneNode(true));
    if (now.nodeType !== 1) {
      if (now.data !== next.data) now.data = next.data;
      return;
    }
    if (isKept(now)) return;
    sameAttributes(now, next);
    const [old, fresh] = [[...now.childNodes], [...next.childNodes]];
    fresh.forEach((child, i) => (old[i] ? become(old[i], child) : now.append(child.cloneNode(true))));
    old.slice(fresh.length).forEach((child) => child.remove());
  };
  const show = (text) => {
    if (document.documentElement.hasAttribute('data-waiting')) return location.reload();
    const next = new DOMParser().parseFromString(text, 'text/html');
    document.title = next.title;
    become(document.querySelector('main'), next.querySelector('main'));
    const history = next.getElementById('history');
    if (!history) return;
    document.getElementById('history').textContent = history.textContent;
    dispatchEvent(new Event('history'));
  };
  const events = new EventSource('events');
  const end = (text) => {
    events.close();
    status.textContent = text;
    status.classList.add('over');
  };
  events.onmessage = ({ data }) => {
    const { status: text, page, isOver } = JSON.parse(data);
    if (page !== undefined) show(page);
    if (isOver) end(text);
    else if (status.textContent !== text) status.textContent = text;
  };
  events.onerror = () => end('graft no longer answers: the run has ended or was stopped. This is its last report.');
})()`;
