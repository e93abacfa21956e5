// One page of this process, for a browser on this machine: served on 127.0.0.1 while something goes on, with messages that the page
// follows (server-sent events). It hands out nothing else: no path names a file, and no other site's page can read it, neither by
// asking across origins nor by giving its own name this machine's address (DNS rebinding), which the Host header tells.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What scripts of the page may run by is new each time that it is opened. */
const policy = (nonce: string): string =>
  [
    `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'`,
    `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  ].join('; ');

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Milliseconds that the last message may take to be read by a browser. */
const LAST_WORD = 1000;

export class PageServer {
  readonly port: number;
  private readonly watchers = new Set<ServerResponse>();

  private constructor(
    private readonly server: Server,
    private readonly page: (nonce: string) => string,
  ) {
    this.port = (server.address() as AddressInfo).port; // it listens on a port
    server.on('request', (request, response) => this.answer(request, response));
    // A run that is over ends its process, whoever still looks at the page.
    server.on('connection', (socket) => socket.unref());
    server.unref();
  }

  /** Serves `page` at `port`, or where that is taken at another. Rejects where nothing can be served. */
  static async open(port: number, page: (nonce: string) => string): Promise<PageServer> {
    const server = await listen(port).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      return listen(0);
    });
    return new PageServer(server, page);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Whether a page is open that follows. */
  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  /** Tells pages that follow a message, a text of one line. */
  tell(message: string): void {
    for (const watcher of this.watchers) watcher.write(`data: ${message}\n\n`);
  }

  /** Tells pages a last message, and ends. Never rejects, and waits for no browser. */
  async close(message: string): Promise<void> {
    const told = [...this.watchers].map(
      (watcher) => new Promise<void>((resolve) => watcher.end(`data: ${message}\n\n`, resolve)),
    );
    this.server.close();
    const late = new Promise((resolve) => setTimeout(resolve, LAST_WORD).unref());
    await Promise.race([Promise.all(told), late]);
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { method, url = '', headers } = request;
    const [path] = url.split('?');
    const names = [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
    if (!names.includes(headers.host ?? '')) refuse(response, 421);
    else if (method !== 'GET') refuse(response.setHeader('allow', 'GET'), 405);
    else if (path === '/') this.open(response);
    else if (path === '/events') this.follow(response);
    else refuse(response, 404);
  }

  private open(response: ServerResponse): void {
    const nonce = randomBytes(16).toString('base64');
    const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(nonce) };
    response.writeHead(200, headers).end(this.page(nonce));
  }

  private follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    this.watchers.add(response);
    response.on('close', () => this.watchers.delete(response));
  }
}

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'content-type': 'text/plain' }).end();
};

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening'); // rejects with an error that comes first
  return server;
}
