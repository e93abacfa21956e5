// A web site for one page: a server on 127.0.0.1 that hands out contents from memory and files from folders.
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';

/** What a page is served: contents by path; what is not among them is looked for, by its last name, in the folders. */
export interface Site {
  readonly contents: ReadonlyMap<string, string | Uint8Array>;
  readonly folders: readonly string[];
}

const TYPES: Readonly<Record<string, string>> = {
  '': 'text/html',
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Listens on a free port of this machine alone. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, as said above
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers with what stands at `url` of the site, whatever is asked behind it. */
export function send({ contents, folders }: Site, url: string, response: ServerResponse): void {
  const [path = ''] = url.split('?');
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
  const content = contents.get(path);
  if (content !== undefined) {
    response.end(content);
    return;
  }
  const file = folders
    .map((folder) => join(folder, basename(path)))
    .find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
  if (file === undefined) response.writeHead(404).end();
  else createReadStream(file).pipe(response);
}
