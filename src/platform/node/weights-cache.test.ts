import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catalogue, type CatalogueEntry } from '../../weights/index.ts';
import { cacheFolders, torchHubFolder } from './cache.ts';
import { cachePath, downloadUrl, findCached, resolveWeights } from './weights-cache.ts';

/** A catalogue of one small file: the real ones are 47 MB, and not here. */
const { FILE, SHA256, NAME } = vi.hoisted(() => ({
  FILE: 'weights that are a text',
  SHA256: 'cdab7460b7b6cc0d',
  NAME: 'tiny-cdab7460.pth',
}));
vi.mock('../../weights/index.ts', async (original) => {
  const actual = await original<typeof import('../../weights/index.ts')>();
  const entry: CatalogueEntry = {
    name: 'tiny',
    url: `https://weights.invalid/models/${NAME}`,
    sha256Prefix: SHA256,
    bytes: FILE.length,
    licence: 'none',
    note: '',
  };
  const own = [entry];
  return { ...actual, catalogue: own, findInCatalogue: (name: string) => own.find((e) => e.name === name) };
});
const entry = catalogue[0] as CatalogueEntry;

let home: string;
let server: Server | undefined;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'graft-cache-'));
  vi.stubEnv('GRAFT_CACHE', join(home, 'cache'));
  vi.stubEnv('TORCH_HOME', join(home, 'torch'));
  vi.stubEnv('GRAFT_WEIGHTS_URL', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(home, { recursive: true, force: true });
});

/** A mirror with the file; returns how often it was asked for. */
async function mirror(listener: Parameters<typeof createServer>[1]): Promise<() => number> {
  let requests = 0;
  server = createServer(listener).on('request', () => requests++);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('GRAFT_WEIGHTS_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/`);
  return () => requests;
}

async function put(path: string, content = FILE): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

describe('resolveWeights', () => {
  it('downloads a known network once, from the mirror', async () => {
    const requests = await mirror((request, response) => {
      response.statusCode = request.url === `/models/${NAME}` ? 200 : 404;
      response.end(FILE);
    });
    const path = await resolveWeights('tiny', { download: 'yes' });
    expect(path).toBe(join(home, 'cache', 'weights', NAME));
    expect(await resolveWeights('tiny', { download: 'no' })).toBe(path);
    expect(requests()).toBe(1);
    expect(await readdir(dirname(path))).toEqual([NAME]);
  });

  it('takes what torch.hub has, if it is the true file, and leaves it alone', async () => {
    const path = join(home, 'torch', 'hub', 'checkpoints', NAME);
    await put(path);
    expect(await resolveWeights('tiny', { download: 'no' })).toBe(path);
    await truncate(path, 3);
    expect(await findCached(entry)).toBeUndefined();
    expect(await readdir(dirname(path))).toEqual([NAME]);
  });

  it('fetches again what is damaged in its own cache', async () => {
    await mirror((_, response) => response.end(FILE));
    await put(cachePath(entry), FILE.toUpperCase());
    const path = await resolveWeights('tiny', { download: 'yes' });
    expect(await findCached(entry)).toBe(path);
  });

  it('says what to do where nothing may be downloaded', async () => {
    await expect(resolveWeights('tiny', { download: 'no' })).rejects.toThrow(
      `tiny: its weights are not on this machine. Run graft weights download tiny, or put the file from ${entry.url} at ${cachePath(entry)}.`,
    );
  });

  it('says which file is in the way of the true one where it can fetch no other', async () => {
    await mirror((_, response) => response.writeHead(404).end());
    await put(cachePath(entry), 'cut short');
    const wrong = `${cachePath(entry)} is another file: it has 9 bytes where the published one has ${FILE.length}, and has the SHA-256 `;
    await expect(resolveWeights('tiny', { download: 'yes' })).rejects.toThrow(`; ${wrong}`);
    await expect(resolveWeights('tiny', { download: 'no' })).rejects.toThrow(`tiny: ${wrong}`);
  });

  it('gives up quickly on a server that does not answer', async () => {
    await mirror(() => undefined);
    const start = performance.now();
    await expect(resolveWeights('tiny', { download: 'quick' })).rejects.toThrow('no answer within 2.5 s');
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  it('gives up quickly where there is no network', async () => {
    const start = performance.now();
    await expect(resolveWeights('tiny', { download: 'quick' })).rejects.toThrow(
      /cannot be resolved|no answer within/,
    );
    expect(performance.now() - start).toBeLessThan(4_000);
  });

  it('gives back a path as it is, and tells a word that is neither', async () => {
    expect(await resolveWeights('no/such/file', { download: 'no' })).toBe('no/such/file');
    expect(await resolveWeights('file.pth', { download: 'no' })).toBe('file.pth');
    await expect(resolveWeights('vgg16', { download: 'no' })).rejects.toThrow(
      /graft knows no network by that name. Give a weights file, or one of: tiny/,
    );
  });

  it('refuses a mirror that is no address', () => {
    vi.stubEnv('GRAFT_WEIGHTS_URL', '/srv/models');
    expect(() => downloadUrl(entry)).toThrow('GRAFT_WEIGHTS_URL: "/srv/models" is not a web address');
  });
});

describe('cacheFolders', () => {
  it('is where the user says, else where the platform keeps caches', () => {
    expect(cacheFolders('weights')[0]).toBe(join(home, 'cache', 'weights'));
    vi.stubEnv('GRAFT_CACHE', '');
    vi.stubEnv('XDG_CACHE_HOME', '/x');
    expect(cacheFolders('drivers')[0]).toBe('/x/graft/drivers');
    vi.stubEnv('XDG_CACHE_HOME', 'not/absolute');
    vi.stubEnv('HOME', '/h');
    if (process.platform === 'linux') expect(cacheFolders('weights')[0]).toBe('/h/.cache/graft/weights');
    expect(cacheFolders('weights')).toHaveLength(2);
  });

  it("knows torch.hub's", () => {
    expect(torchHubFolder()).toBe(join(home, 'torch', 'hub', 'checkpoints'));
    vi.stubEnv('TORCH_HOME', '');
    vi.stubEnv('XDG_CACHE_HOME', '/x');
    expect(torchHubFolder()).toBe('/x/torch/hub/checkpoints');
  });
});
