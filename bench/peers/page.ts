// The line between this process and a page in a browser that works for it: a server that hands out files, holds the page's
// `GET /next` until there is something to do, and hears what it posts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, send, type Site } from '../../test/browser/site.ts';

export class Page {
  /** The page waits: this lets it begin. Otherwise whether it need not wait when it comes. */
  private waiting: (() => void) | undefined;
  private due = false;
  /** What was posted and not yet heard, and why there will be no more. */
  private readonly unheard: unknown[] = [];
  private failure: Error | undefined;
  private listener: (() => void) | undefined;

  private server: Awaited<ReturnType<typeof listen>> | undefined;

  private constructor(private readonly site: Site) {}

  /** Serves a site on a free port of this machine alone. */
  static async serve(site: Site): Promise<Page> {
    const page = new Page(site);
    page.server = await listen((request, response) => void page.answer(request, response));
    return page;
  }

  get url(): string {
    return this.server?.url ?? ''; // nobody has a page that is not served yet
  }

  /** Lets the page begin its next piece of work, now or as soon as it asks for one. */
  next(): void {
    this.due = this.waiting === undefined;
    this.waiting?.();
    this.waiting = undefined;
  }

  /** Stops serving, and drops the page. */
  close(): void {
    this.server?.close();
  }

  /** Resolves to the next thing that the page posts; throws what `fail` was given, once there is nothing left to hear. */
  async hear(): Promise<unknown> {
    while (this.unheard.length === 0) {
      if (this.failure) throw this.failure;
      await new Promise<void>((resolve) => (this.listener = resolve));
    }
    return this.unheard.shift();
  }

  /** Says that the page will post nothing more, and why; the first reason counts. */
  fail(error: Error): void {
    this.failure ??= error;
    this.listener?.();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (request.method === 'POST') {
      this.unheard.push(JSON.parse(await text(request)));
      this.listener?.();
      response.end();
    } else if (path === '/next') {
      if (!this.due) this.waiting = () => response.end();
      else response.end();
      this.due = false;
    } else {
      send(this.site, path, response);
    }
  }
}
