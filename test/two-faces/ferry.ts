/** A place on this machine where a page and a test leave files for each other: too large for what a test can tell a page. */
import type { IncomingMessage } from 'node:http';
import { listen } from '../browser/site.ts';

export interface Ferry {
  readonly url: string;
  /** What was left, by name. */
  readonly files: Map<string, Uint8Array>;
  close(): void;
}

export async function openFerry(): Promise<Ferry> {
  const files = new Map<string, Uint8Array>();
  const { url, close } = await listen((request, response) => {
    const name = decodeURIComponent((request.url ?? '/').slice(1));
    response.setHeader('access-control-allow-origin', '*');
    if (request.method === 'POST')
      void bodyOf(request).then((body) => {
        files.set(name, body);
        response.end();
      });
    else response.end(files.get(name));
  });
  return { url, files, close };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return new Uint8Array(Buffer.concat(pieces));
}
