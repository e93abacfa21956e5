import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WeightsError } from '../../weights/index.ts';
import { download, type DownloadOptions } from './download.ts';

/** 300 kB that repeat nowhere. */
const FILE = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2654435761) >>> 24);
const SHA256 = createHash('sha256').update(FILE).digest('hex');
const PART = '.weights.pth.part';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let path: string;
let server: Server;
let base: string;
/** The Range header of each request, '' where there was none. */
let ranges: string[];
let answer: Answer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graft-download-'));
  path = join(folder, 'weights.pth');
  ranges = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const fetchFile = (options: Partial<DownloadOptions> = {}) =>
  download(`${base}/weights.pth`, {
    path,
    sha256Prefix: SHA256.slice(0, 8),
    expectedBytes: FILE.length,
    timeouts: { connect: 1000, stall: 1000 },
    ...options,
  });

/** The message that the download ends with. */
async function failure(options: Partial<DownloadOptions> = {}): Promise<string> {
  const error = await fetchFile(options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(WeightsError);
  return (error as WeightsError).message;
}

/** Serves `file` as servers do; the line is cut after `cutAfter` bytes of an answer. */
const serve =
  ({ file = FILE, cutAfter = Infinity, withRanges = true } = {}): Answer =>
  (request, response) => {
    const from = withRanges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    const rest = file.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
    });
    if (cutAfter >= rest.length) response.end(rest);
    else response.write(rest.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
  };

/** Where a request goes on. What a broken line had brought, but nobody had read yet, is lost: so less than was sent. */
const kept = (range: string): number => Number(/^bytes=(\d+)-$/.exec(range)?.[1]);

const expectWhole = async () => {
  expect(Buffer.compare(await readFile(path), FILE)).toBe(0);
  expect(await readdir(folder)).toEqual(['weights.pth']);
};

describe('download', () => {
  it('writes the whole file, tells how far it is, and leaves nothing else', async () => {
    answer = serve();
    const seen: number[] = [];
    await fetchFile({ onProgress: (bytes, total) => seen.push(bytes, total) });
    await expectWhole();
    expect(seen.slice(0, 2)).toEqual([0, FILE.length]);
    expect(seen.slice(-2)).toEqual([FILE.length, FILE.length]);
  });

  it('waits for a server that is slow but never still', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': FILE.length });
      const size = FILE.length / 6;
      const send = (i: number) => {
        response.write(FILE.subarray(i * size, (i + 1) * size));
        if (i < 5) setTimeout(send, 300, i + 1);
        else response.end();
      };
      send(0);
    };
    await fetchFile(); // 1.5 s in all, with 1 s allowed between two pieces
    await expectWhole();
  });

  it('takes up a connection that breaks half-way', async () => {
    answer = (request, response) =>
      serve({ cutAfter: ranges.length === 1 ? 100_000 : Infinity })(request, response);
    await fetchFile();
    await expectWhole();
    expect(ranges).toHaveLength(2);
    expect(kept(ranges[1] ?? '')).toBeGreaterThan(0);
  });

  describe('of a file whose size is known roughly', () => {
    const roughly = { expectedBytes: FILE.length - 300, rounded: true };

    it("goes by the server's word, and by the checksum", async () => {
      answer = serve();
      const seen: number[] = [];
      await fetchFile({ ...roughly, onProgress: (bytes, total) => seen.push(bytes, total) });
      await expectWhole();
      expect(seen.slice(-2)).toEqual([FILE.length, FILE.length]);
      answer = serve({ file: FILE.subarray(1) });
      await rm(path);
      expect(await failure(roughly)).toContain('the downloaded file has the SHA-256');
    });

    it('does without a word of the server', async () => {
      answer = (_, response) => response.writeHead(200).end(FILE);
      await fetchFile(roughly);
      await expectWhole();
    });

    it('takes up a connection that breaks half-way, and a part that an earlier call left', async () => {
      answer = (request, response) =>
        serve({ cutAfter: ranges.length === 1 ? 100_000 : Infinity })(request, response);
      await fetchFile(roughly);
      await expectWhole();
      expect(kept(ranges[1] ?? '')).toBeGreaterThan(0);
      await rm(path);
      await writeFile(join(folder, PART), FILE.subarray(0, 1000));
      await fetchFile(roughly);
      await expectWhole();
      expect(kept(ranges[2] ?? '')).toBe(1000);
    });

    it('asks for nothing where the part is the file, and for all where it is another of its size', async () => {
      answer = serve();
      await writeFile(join(folder, PART), FILE);
      await fetchFile(roughly);
      await expectWhole();
      expect(ranges).toEqual([]);
      await rm(path);
      await writeFile(join(folder, PART), new Uint8Array(FILE.length));
      await fetchFile(roughly);
      await expectWhole();
      expect(ranges).toEqual(['']);
    });
  });

  it('keeps what came, and a later call goes on from there', async () => {
    answer = (request, response) =>
      ranges.length === 1 ? serve({ cutAfter: 100_000 })(request, response) : response.destroy();
    const message = await failure();
    expect(message).toMatch(/the connection broke\. \d+ of 300000 bytes are kept/);
    expect(await readdir(folder)).toEqual([PART]);
    const came = (await readFile(join(folder, PART))).length;
    expect(came).toBeGreaterThan(0);
    expect(message).toContain(` ${came} of 300000`);
    answer = serve();
    const first: number[] = [];
    await fetchFile({ onProgress: (bytes) => first.push(bytes) });
    expect(first[0]).toBe(came);
    expect(kept(ranges.at(-1) ?? '')).toBe(came);
    await expectWhole();
  });

  it('begins again where the server has no ranges', async () => {
    await writeFile(join(folder, PART), FILE.subarray(0, 5_000));
    answer = serve({ withRanges: false });
    await fetchFile();
    expect(ranges).toEqual(['bytes=5000-']);
    await expectWhole();
  });

  it.each([
    ['does not match', new Uint8Array(5_000)],
    ['is longer than the file', new Uint8Array(FILE.length + 1)],
    ['is as long as the file and wrong', new Uint8Array(FILE.length)],
  ])('begins again where the part that was left %s', async (_, part) => {
    await writeFile(join(folder, PART), part);
    answer = serve();
    await fetchFile();
    expect(ranges.at(-1)).toBe('');
    await expectWhole();
  });

  it('does without the network where the part is the whole file', async () => {
    await writeFile(join(folder, PART), FILE);
    await fetchFile();
    expect(ranges).toEqual([]);
    await expectWhole();
  });

  it('takes up the part of a process that was killed, and not that of one that is at work', async () => {
    const [old, fresh] = ['aa', 'bb'].map((id) => join(folder, `${PART}.${id}`)) as [string, string];
    await writeFile(old, FILE.subarray(0, 7_000));
    await writeFile(fresh, FILE.subarray(0, 9_000));
    const anHourAgo = Date.now() / 1000 - 3600;
    await utimes(old, anHourAgo, anHourAgo);
    answer = serve();
    await fetchFile();
    expect(ranges).toEqual(['bytes=7000-']);
    expect((await readdir(folder)).sort()).toEqual([`${PART}.bb`, 'weights.pth']);
  });

  it('refuses another range than it asked for', async () => {
    await writeFile(join(folder, PART), FILE.subarray(0, 5_000));
    answer = (_, response) => {
      const range = `bytes 4000-${FILE.length - 1}/${FILE.length}`;
      response.writeHead(206, { 'content-range': range }).end(FILE.subarray(4_000));
    };
    expect(await failure()).toContain('the server sent a different part of the file');
  });

  it('removes a file with the wrong checksum, and what was there stays', async () => {
    await writeFile(path, 'mine');
    const wrong = FILE.slice();
    wrong[200_000] = (wrong[200_000] ?? 0) ^ 1;
    answer = serve({ file: wrong });
    expect(await failure()).toMatch(
      /has the SHA-256 [0-9a-f]{8}… and not [0-9a-f]{8}….*300000 bytes were removed/s,
    );
    expect(await readdir(folder)).toEqual(['weights.pth']);
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('follows redirects, with the range', async () => {
    await writeFile(join(folder, PART), FILE.subarray(0, 5_000));
    answer = (request, response) =>
      request.url === '/elsewhere'
        ? serve()(request, response)
        : response.writeHead(302, { location: '/elsewhere' }).end();
    await fetchFile();
    expect(ranges).toEqual(['bytes=5000-', 'bytes=5000-']);
    await expectWhole();
  });

  it.each<[string, Answer, RegExp]>([
    [
      '404',
      (_, response) => response.writeHead(404).end('no'),
      /the server answered 404 Not Found\. Download it with a browser/,
    ],
    [
      '503',
      (_, response) => response.writeHead(503).end(),
      /answered 503 Service Unavailable\. Try again later/,
    ],
    [
      'a redirect to itself',
      (request, response) => response.writeHead(301, { location: request.url }).end(),
      /redirects more than 5 times/,
    ],
    [
      'a redirect to a file',
      (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /redirects to "file:/,
    ],
    ['a redirect to nowhere', (_, response) => response.writeHead(302).end(), /redirects to ""/],
    ['a login page', (_, response) => response.end('<html>'), /has 6 bytes and not 300000/],
    [
      'no length and too much',
      (_, response) => void (response.write(FILE), response.end(FILE)),
      /sends more than the file's 300000 bytes/,
    ],
    ['a server that takes the call and is silent', () => undefined, /no answer within 1 s\. Try again later/],
    ['a dropped call', (request) => request.socket.destroy(), /the connection broke/],
  ])('fails within seconds and says what to do: %s', async (_, answers, message) => {
    answer = answers;
    const start = performance.now();
    const text = await failure();
    expect(text).toMatch(message);
    expect(text).toContain(`put the file at ${path}`);
    expect(text.startsWith(`${base}/weights.pth: `)).toBe(true);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect((await readdir(folder)).filter((name) => name !== PART)).toEqual([]);
  });

  it('gives up on a server that falls silent half-way', async () => {
    answer = (_, response) => {
      if (ranges.length > 1) return;
      response.writeHead(200, { 'content-length': FILE.length });
      response.write(FILE.subarray(0, 50_000));
    };
    expect(await failure()).toMatch(/no answer within 1 s\. 50000 of 300000 bytes are kept/);
  });

  it('tells a body that ends too early, where it has no length', async () => {
    answer = (_, response) => {
      response.write(FILE.subarray(0, 10));
      response.end();
    };
    expect(await failure()).toMatch(/the connection ended too early/);
  });

  it('says that there is no network, or no such server', async () => {
    const start = performance.now();
    const text = await download('http://graft.invalid/weights.pth', {
      path,
      sha256Prefix: SHA256,
      expectedBytes: 1,
    }).catch(String);
    expect(text).toMatch(/its name cannot be resolved/);
    expect(performance.now() - start).toBeLessThan(8_000);
  });

  it('says so where a proxy is set that it does not use', async () => {
    process.env['HTTP_PROXY'] = 'socks5://proxy.invalid:1080';
    try {
      answer = () => undefined;
      expect(await failure()).toContain('HTTP_PROXY is set, but graft uses only proxies of http and https');
    } finally {
      delete process.env['HTTP_PROXY'];
    }
  });

  it('stops when asked to, and keeps what came', async () => {
    const controller = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': FILE.length });
      response.write(FILE.subarray(0, 50_000));
    };
    const stopped = fetchFile({
      signal: controller.signal,
      timeouts: {},
      onProgress: (bytes) => bytes > 0 && controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
    expect(await readdir(folder)).toEqual([PART]);
    await expect(fetchFile({ signal: controller.signal })).rejects.toThrow('enough');
  });

  it('says where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await failure({ path: join(folder, 'file', 'x.pth') })).toMatch(
      /cannot be written to .*GRAFT_CACHE/s,
    );
  });

  it('serves several processes at once', async () => {
    answer = (request, response) => setTimeout(() => serve()(request, response), 50);
    const program = `
      import { download } from ${JSON.stringify(new URL('./download.ts', import.meta.url).href)};
      await download(${JSON.stringify(`${base}/weights.pth`)}, ${JSON.stringify({ path, sha256Prefix: SHA256, expectedBytes: FILE.length })});`;
    const start = () =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program]);
    await Promise.all([start(), start(), fetchFile({ timeouts: {} }), fetchFile({ timeouts: {} })]);
    await expectWhole();
  });
});
