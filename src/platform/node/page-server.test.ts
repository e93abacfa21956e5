// The server of one page, as browsers and strangers ask it.
import { once } from 'node:events';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PageServer } from './page-server.ts';

let server: PageServer;
beforeEach(async () => {
  server = await PageServer.open(0, (nonce) => `<script nonce="${nonce}"></script>`);
});
afterEach(() => server.close('over'));

async function ask(options: RequestOptions = {}): Promise<IncomingMessage & { readonly text: string }> {
  const asked = request({ host: '127.0.0.1', port: server.port, ...options });
  const answered = once(asked.end(), 'response') as Promise<[IncomingMessage]>;
  const [response] = await answered;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return Object.assign(response, { text });
}

describe('PageServer', () => {
  it('serves its page with a policy by which nothing but its own scripts runs', async () => {
    const { text, headers, statusCode } = await ask();
    expect(statusCode).toBe(200);
    const nonce = /nonce="([^"]{20,})"/.exec(text)?.[1];
    const policy = headers['content-security-policy'];
    expect(policy).toContain(`default-src 'none'; script-src 'nonce-${nonce}';`);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect((await ask()).headers['content-security-policy']).not.toBe(policy);
    expect(headers).toMatchObject({
      ...{ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' },
    });
  });

  it('answers to this machine’s names alone, whatever name leads here', async () => {
    const at = (host: string) => ask({ headers: { host } }).then(({ statusCode }) => statusCode);
    expect(await at(`localhost:${server.port}`)).toBe(200);
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1', `127.0.0.1:1`])
      expect(await at(host)).toBe(421);
  });

  it('has no other file, whatever the path says, and takes nothing', async () => {
    for (const path of ['/etc/passwd', '/../../../../etc/passwd', '/%2e%2e/package.json', '/events/..', '//'])
      expect((await ask({ path })).statusCode).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
      expect(await ask({ method })).toMatchObject({ statusCode: 405, headers: { allow: 'GET' } });
  });

  it('listens on this machine alone', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4');
    if (!outside) return console.log('skipped: asking from outside, because this machine has no network');
    await expect(ask({ host: outside.address })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('takes another port where one is taken', async () => {
    const second = await PageServer.open(server.port, () => 'second');
    expect(second.port).not.toBe(server.port);
    expect(await (await fetch(second.url)).text()).toBe('second');
    await second.close('over');
  });

  it('tells those who follow, and a last time when it ends', async () => {
    const asked = request({ host: '127.0.0.1', port: server.port, path: '/events' }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(server.isWatched).toBe(true);
    server.tell('{"a": 1}');
    let text = '';
    response.on('data', (chunk) => (text += String(chunk)));
    await expect.poll(() => text).toBe('data: {"a": 1}\n\n');
    await Promise.all([once(response, 'end'), server.close('{"b": 2}')]);
    expect(text).toBe('data: {"a": 1}\n\ndata: {"b": 2}\n\n');
    await expect(ask()).rejects.toThrow();
  });

  it('ends though somebody follows who reads nothing', async () => {
    const asked = request({ host: '127.0.0.1', port: server.port, path: '/events' }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.pause();
    server.tell('x'.repeat(30_000_000));
    await server.close('over');
    response.on('error', () => undefined); // it was cut off
    response.destroy();
  });
});
