import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.ts';
import { proxyFor, shownProxy } from './proxy.ts';

const HTTPS = 'https://download.pytorch.org/models/x.pth';
const HTTP = 'http://mirror.example:8080/x.pth';
const P = 'http://proxy.example:3128';

describe('the proxy of the environment', () => {
  it.each<[string, string, Record<string, string>, string | undefined]>([
    ['none', HTTPS, {}, undefined],
    ['for https', HTTPS, { HTTPS_PROXY: P }, `${P}/`],
    ['in small letters first', HTTPS, { HTTPS_PROXY: 'http://no.example', https_proxy: P }, `${P}/`],
    ['not the one for http', HTTPS, { HTTP_PROXY: P }, undefined],
    ['for http', HTTP, { HTTP_PROXY: P }, `${P}/`],
    ['for all', HTTPS, { ALL_PROXY: P }, `${P}/`],
    ['without its protocol', HTTPS, { HTTPS_PROXY: 'proxy.example:3128' }, `${P}/`],
    ['an empty text', HTTPS, { HTTPS_PROXY: '', ALL_PROXY: P }, `${P}/`],
    ['excepted by host', HTTPS, { HTTPS_PROXY: P, NO_PROXY: 'a.example, download.pytorch.org' }, undefined],
    ['excepted by domain', HTTPS, { HTTPS_PROXY: P, no_proxy: 'pytorch.org' }, undefined],
    ['excepted by a dot', HTTPS, { HTTPS_PROXY: P, NO_PROXY: '.PyTorch.org' }, undefined],
    ['excepted by a star', HTTPS, { HTTPS_PROXY: P, NO_PROXY: '*' }, undefined],
    ['excepted by host and port', HTTP, { HTTP_PROXY: P, NO_PROXY: 'mirror.example:8080' }, undefined],
    ['not excepted by another port', HTTP, { HTTP_PROXY: P, NO_PROXY: 'mirror.example:80' }, `${P}/`],
    ['not excepted by the end of a word', HTTPS, { HTTPS_PROXY: P, NO_PROXY: 'torch.org' }, `${P}/`],
    ['not a SOCKS proxy', HTTPS, { HTTPS_PROXY: 'socks5://proxy.example' }, undefined],
  ])('%s', (_, url, environment, expected) => {
    expect(proxyFor(new URL(url), environment).proxy?.href).toBe(expected);
  });

  it('is told with its variable and without its password', () => {
    const { proxy, name } = proxyFor(new URL(HTTPS), { HTTPS_PROXY: 'http://me:secret@proxy.example:3128' });
    expect([name, proxy && shownProxy(proxy)]).toEqual(['HTTPS_PROXY', P]);
    expect(proxyFor(new URL(HTTPS), { ALL_PROXY: 'socks5://p' }).unused).toBe('ALL_PROXY');
  });
});

describe('a download through a proxy', () => {
  const FILE = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 2654435761) >>> 24);
  const sha256Prefix = createHash('sha256').update(FILE).digest('hex').slice(0, 8);
  const variables = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
  const kept = variables.map((name) => [name, process.env[name]] as const);
  let folder: string;
  let server: Server;
  let proxy: Server;
  /** What the proxy was asked for: method, address and authorisation. */
  let asked: (string | undefined)[][];
  let status: number;

  const listen = async (one: Server) => {
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    return (one.address() as AddressInfo).port;
  };

  beforeEach(async () => {
    for (const name of variables) Reflect.deleteProperty(process.env, name);
    folder = await mkdtemp(join(tmpdir(), 'graft-proxy-'));
    [asked, status] = [[], 200];
    server = createServer((_, response) => response.end(FILE));
    proxy = createServer((request, response) => {
      asked.push([request.method, request.url, request.headers['proxy-authorization']]);
      response.writeHead(status, { 'content-length': FILE.length }).end(FILE);
    });
    proxy.on('connect', (request, socket) => {
      asked.push([request.method, request.url, request.headers['proxy-authorization']]);
      if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      // Whatever the address, the tunnel ends at the server of this test, which speaks no TLS.
      const target = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      for (const end of [socket, target]) end.on('error', () => undefined);
    });
    await listen(server);
    process.env['HTTP_PROXY'] = process.env['HTTPS_PROXY'] =
      `http://me:secret@127.0.0.1:${await listen(proxy)}`;
  });
  afterEach(async () => {
    for (const [name, value] of kept) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    for (const one of [server, proxy]) {
      one.closeAllConnections();
      one.close();
    }
    await rm(folder, { recursive: true, force: true });
  });

  const fetchFrom = (url: string) =>
    download(url, {
      path: join(folder, 'x.pth'),
      sha256Prefix,
      expectedBytes: FILE.length,
      timeouts: { connect: 3000, stall: 3000 },
    });
  const authorisation = `Basic ${Buffer.from('me:secret').toString('base64')}`;

  it('asks the proxy for plain http, by its whole address', async () => {
    await fetchFrom('http://graft.invalid/x.pth');
    expect(Buffer.compare(await readFile(join(folder, 'x.pth')), FILE)).toBe(0);
    expect(asked).toEqual([['GET', 'http://graft.invalid/x.pth', authorisation]]);
  });

  it('asks the proxy for a tunnel to an https server', async () => {
    await expect(fetchFrom('https://graft.invalid/x.pth')).rejects.toThrow(/which HTTPS_PROXY names/);
    expect(asked).toEqual([['CONNECT', 'graft.invalid:443', authorisation]]);
  });

  it('goes past the proxy where NO_PROXY says so', async () => {
    process.env['NO_PROXY'] = '127.0.0.1';
    await fetchFrom(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x.pth`);
    expect(asked).toEqual([]);
  });

  it('says what the proxy says, without the password', async () => {
    status = 407;
    const error = await fetchFrom('https://graft.invalid/x.pth').catch(String);
    expect(error).toMatch(/the proxy answered 407, since it wants another name and password/);
    expect(error).toMatch(/through http:\/\/127\.0\.0\.1:\d+, which HTTPS_PROXY names/);
    expect(error).not.toContain('secret');
    status = 503;
    expect(await fetchFrom('https://graft.invalid/x.pth').catch(String)).toContain('the proxy answered 503');
  });

  it('says that there is no proxy at that address', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
    const error = await fetchFrom('https://graft.invalid/x.pth').catch(String);
    expect(error).toContain('through http://127.0.0.1:9, which HTTPS_PROXY names');
  });
});
