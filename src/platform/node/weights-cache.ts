// From what the user gives as weights, a file's path or the name of a known network, to a file on this machine:
// the cache has it, torch.hub's cache has it, or it is downloaded. Files stay as their authors publish them
// (.pth): so their checksum can be checked at every use, other programs can use them, and reading them takes no
// longer than reading safetensors.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  catalogue,
  fileNameOf,
  findInCatalogue,
  WeightsError,
  type CatalogueEntry,
} from '../../weights/index.ts';
import { cacheFolders, torchHubFolder } from './cache.ts';
import { download, type DownloadOptions } from './download.ts';
import { nodeFiles } from './files.ts';

export interface ResolveOptions extends Pick<DownloadOptions, 'signal' | 'onProgress'> {
  /**
   * Whether a known network that is not here may be fetched. `quick` is for callers that can do without: it gives up after
   * 3 s without an answer, and after 30 s in all; what has arrived by then is kept.
   */
  readonly download: 'yes' | 'quick' | 'no';
}

const QUICK = { timeouts: { connect: 2_500, stall: 3_000 }, totalMs: 30_000 };

/**
 * The path of the weights file that `nameOrPath` means: a name of the catalogue (whose file is found or downloaded, and
 * has the right checksum), else the path itself, unread. A file that has a catalogue's name is given as `./resnet18`.
 *
 * Rejects with `WeightsError` if a known network is not here and cannot or may not be downloaded, and for a word
 * that is neither a name nor a file.
 */
export async function resolveWeights(nameOrPath: string, options: ResolveOptions): Promise<string> {
  const entry = findInCatalogue(nameOrPath);
  if (!entry) {
    await checkPath(nameOrPath);
    return nameOrPath;
  }
  const cached = await findCached(entry);
  if (cached !== undefined) return cached;
  if (options.download === 'no') throw await notHere(entry);
  return fetchWeights(entry, options);
}

/** The path of `entry`'s file in graft's cache or in torch.hub's, if it is there and its checksum is right. */
export async function findCached(entry: CatalogueEntry): Promise<string | undefined> {
  const folders = [...cacheFolders('weights'), torchHubFolder()];
  for (const folder of folders) {
    if (folder === undefined) continue;
    const path = join(folder, fileNameOf(entry));
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true || (!entry.rounded && found.size !== entry.bytes)) continue;
    const sha256 = await sha256Of(path).catch(() => '');
    if (sha256.startsWith(entry.sha256Prefix)) return path;
  }
  return undefined;
}

/** What is wrong with the file that lies where `entry`'s belongs, for who put it there by hand; undefined where none does. */
export async function wrongFile(entry: CatalogueEntry): Promise<string | undefined> {
  const path = cachePath(entry);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return undefined;
  const sha256 = await sha256Of(path).catch(() => undefined);
  if (sha256 === undefined) return `${path} cannot be read`;
  if (sha256.startsWith(entry.sha256Prefix)) return undefined;
  const size =
    entry.rounded || found.size === entry.bytes
      ? ''
      : `has ${found.size} bytes where the published one has ${entry.bytes}, and `;
  return `${path} is another file: it ${size}has the SHA-256 ${sha256.slice(0, entry.sha256Prefix.length)}… and not ${entry.sha256Prefix}…`;
}

/** Where a download of `entry` goes. */
export function cachePath(entry: CatalogueEntry): string {
  const [folder = '.'] = cacheFolders('weights');
  return join(folder, fileNameOf(entry));
}

/**
 * Where `entry` is downloaded from: its official address, or the same file name below `$GRAFT_WEIGHTS_URL`, a mirror.
 */
export function downloadUrl(entry: CatalogueEntry): string {
  const mirror = process.env['GRAFT_WEIGHTS_URL'];
  if (mirror === undefined || mirror === '') return entry.url;
  if (/^https?:\/\//i.test(mirror) && URL.canParse(mirror)) {
    return `${mirror.replace(/\/+$/, '')}/${fileNameOf(entry)}`;
  }
  throw new WeightsError(
    'GRAFT_WEIGHTS_URL',
    `${JSON.stringify(mirror)} is not a web address`,
    'Give the address of a folder, such as https://mirror.example/models, or unset it',
  );
}

/** The SHA-256 of a file in hex. Rejects with the file system's error. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function fetchWeights(entry: CatalogueEntry, options: ResolveOptions): Promise<string> {
  const path = cachePath(entry);
  const url = downloadUrl(entry);
  const quick = options.download === 'quick';
  const limit = quick ? AbortSignal.timeout(QUICK.totalMs) : undefined;
  const signals = [options.signal, limit].filter((signal) => signal !== undefined);
  try {
    await download(url, {
      path,
      sha256Prefix: entry.sha256Prefix,
      expectedBytes: entry.bytes,
      rounded: entry.rounded,
      onProgress: options.onProgress,
      signal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
      timeouts: quick ? QUICK.timeouts : undefined,
    });
  } catch (error) {
    if (limit?.aborted !== true || options.signal?.aborted === true) {
      const wrong = error instanceof WeightsError ? await wrongFile(entry) : undefined;
      if (wrong === undefined || !(error instanceof WeightsError)) throw error;
      throw new WeightsError(error.source, `${error.problem}; ${wrong}`, error.remedy);
    }
    throw new WeightsError(
      url,
      `it would take longer than ${QUICK.totalMs / 1000} s`,
      `What has arrived is kept: graft weights download ${entry.name} continues from there`,
    );
  }
  return path;
}

async function notHere(entry: CatalogueEntry): Promise<WeightsError> {
  return new WeightsError(
    entry.name,
    (await wrongFile(entry)) ?? 'its weights are not on this machine',
    `Run graft weights download ${entry.name}, or put the file from ${downloadUrl(entry)} at ${cachePath(entry)}`,
  );
}

/** A word without a folder or an ending was probably meant as a name. */
async function checkPath(path: string): Promise<void> {
  if (basename(path) !== path || path.includes('.') || (await nodeFiles.kind(path)) !== 'missing') return;
  const names = catalogue.map(({ name }) => name).join(', ');
  throw new WeightsError(
    JSON.stringify(path),
    'there is no such file, and graft knows no network by that name',
    `Give a weights file, or one of: ${names}`,
  );
}
