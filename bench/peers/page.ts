// The line between this process and a page in a browser that works for it: a server on 127.0.0.1 that hands out files, holds
// the page's `GET /next` until there is something to do, and hears what it posts.
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a page is served: contents by path; what is not among them is looked for, by its last name, in the folders. */
export interface Site {
  readonly contents: ReadonlyMap<string, string | Uint8Array>;
  readonly folders: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  '': 'text/html',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

export class Page {
  /** The page waits: this lets it begin. Otherwise whether it need not wait when it comes. */
  private waiting: (() => void) | undefined;
  private due = false;
  /** What was posted and not yet heard, and why there will be no more. */
  private readonly unheard: unknown[] = [];
  private failure: Error | undefined;
  private listener: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly site: Site,
  ) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  /** Serves a site on a free port of this machine alone. */
  static async serve(site: Site): Promise<Page> {
    const server = createServer().listen(0, '127.0.0.1');
    const page = new Page(server, site);
    await once(server, 'listening');
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`; // it listens on a port, as said above
  }

  /** Lets the page begin its next piece of work, now or as soon as it asks for one. */
  next(): void {
    this.due = this.waiting === undefined;
    this.waiting?.();
    this.waiting = undefined;
  }

  /** Stops serving, and drops the page. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
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
      this.send(path, response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream'));
    }
  }

  private send(path: string, response: ServerResponse): void {
    const content = this.site.contents.get(path);
    if (content !== undefined) {
      response.end(content);
      return;
    }
    const file = this.site.folders
      .map((folder) => join(folder, basename(path)))
      .find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
    if (file === undefined) response.writeHead(404).end();
    else createReadStream(file).pipe(response);
  }
}
