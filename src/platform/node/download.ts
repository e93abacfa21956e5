// One file from the web, complete and correct or not at all: what arrives goes to a part file that a later try
// continues, and gets the file's name once its size and SHA-256 are right. Offline it gives up within
// seconds and says what to do by hand.
import { WeightsError } from '../../weights/index.ts';
import { checkWritable } from './files.ts';
import { get, HttpError, type Timeouts } from './http.ts';
import { proxyFor, shownProxy } from './proxy.ts';
import { PartFile } from './part-file.ts';

export interface DownloadOptions {
  /** Where the file goes; its folder is made. */
  readonly path: string;
  /** The first hex digits of its SHA-256, and its size: they make it safe to resume half a file. */
  readonly sha256Prefix: string;
  readonly expectedBytes: number;
  /** Whether the size is only known to a kB or so; then the server's size counts, and the SHA-256. */
  readonly rounded?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes so far; first with what an earlier try has left. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  /** 5 s for an answer and 15 s for each piece by default. */
  readonly timeouts?: Partial<Timeouts> | undefined;
}

const TIMEOUTS: Timeouts = { connect: 5_000, stall: 15_000 };
/** A part that lacks fewer bytes of a rounded size may be whole, and then there is nothing to ask for. */
const ROUNDING = 2 ** 16;
/** A connection that breaks half-way is reopened this often. */
const RETRIES = 3;

/**
 * Downloads `url` to `path`, going on where an earlier try stopped; several processes may do so at once.
 *
 * Rejects with `WeightsError`, which says what is wrong and what to do by hand, or with the reason of `signal`. `path`
 * then is as it was, and what came is kept for the next try unless its checksum is wrong.
 */
export async function download(url: string, options: DownloadOptions): Promise<void> {
  const { path, expectedBytes } = options;
  options.signal?.throwIfAborted();
  let part: PartFile;
  try {
    await checkWritable(path, expectedBytes);
    part = await PartFile.claim(path);
  } catch (error) {
    throw cannotWrite(url, path, error);
  }
  try {
    await complete(part, url, options);
  } catch (error) {
    // The first error is the one to tell.
    await part.giveBack().catch(() => undefined);
    if (error instanceof HttpError) throw explained(error, url, options, part.bytes);
    throw error instanceof Error && 'syscall' in error ? cannotWrite(url, path, error) : error;
  }
  if (!isTrue(part, options)) {
    const { sha256, bytes } = part;
    await part.drop();
    const problem = `the downloaded file has the SHA-256 ${sha256.slice(0, options.sha256Prefix.length)}… and not ${options.sha256Prefix}…`;
    const remedy = `Its ${bytes} bytes were removed. Try again. If it happens twice, something between here and the server changes files: ${byHand(url, options)}`;
    throw new WeightsError(url, problem, remedy);
  }
  await part.finish();
}

/** Fetches until all bytes are there, and once more from the start if an older part turns out wrong. */
async function complete(part: PartFile, url: string, options: DownloadOptions): Promise<void> {
  const { expectedBytes, rounded = false, onProgress } = options;
  const resumed = part.bytes > 0;
  if (rounded && resumed && isTrue(part, options)) return;
  if (part.bytes > expectedBytes - (rounded ? ROUNDING : 0)) await part.restart();
  onProgress?.(part.bytes, expectedBytes);
  const size: Size = { total: rounded ? undefined : expectedBytes };
  await fetchRest(part, url, size, options);
  if (!resumed || isTrue(part, options)) return;
  await part.restart();
  await fetchRest(part, url, size, options);
}

/** How many bytes the file has; undefined until the server says so. */
interface Size {
  total: number | undefined;
}

async function fetchRest(part: PartFile, url: string, size: Size, options: DownloadOptions): Promise<void> {
  for (let retries = RETRIES; size.total === undefined || part.bytes < size.total; retries--) {
    const before = part.bytes;
    try {
      await fetchOnce(part, url, size, options);
    } catch (error) {
      const worthwhile = error instanceof HttpError && error.kind === 'broken' && part.bytes > before;
      if (!worthwhile || retries === 0) throw error;
    }
  }
}

async function fetchOnce(part: PartFile, url: string, size: Size, options: DownloadOptions): Promise<void> {
  const { expectedBytes, signal, onProgress } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const body = await get(url, part.bytes, size.total, { timeouts, signal });
  size.total ??= body.total;
  if (body.from !== part.bytes) await part.restart();
  for await (const piece of body.pieces) {
    if (size.total !== undefined && part.bytes + piece.length > size.total) {
      throw new HttpError(`the server sends more than the file's ${size.total} bytes`, 'refused');
    }
    await part.append(piece);
    onProgress?.(part.bytes, size.total ?? Math.max(part.bytes, expectedBytes));
  }
  size.total ??= part.bytes;
  if (part.bytes < size.total) throw new HttpError('the connection ended too early', 'broken');
}

const isTrue = (part: PartFile, { sha256Prefix }: DownloadOptions) =>
  part.sha256.startsWith(sha256Prefix.toLowerCase());

function explained(error: HttpError, url: string, options: DownloadOptions, bytes: number): WeightsError {
  const kept =
    bytes > 0
      ? `${bytes} of ${options.rounded ? 'about ' : ''}${options.expectedBytes} bytes are kept, and the next try continues from there. `
      : '';
  const tryAgain = error.kind === 'refused' ? '' : 'Try again later, or ';
  const hand = byHand(url, options);
  const remedy = tryAgain === '' ? hand.charAt(0).toUpperCase() + hand.slice(1) : tryAgain + hand;
  return new WeightsError(
    url,
    `it cannot be downloaded: ${error.message}`,
    kept + remedy + proxyHint(error, url),
  );
}

function byHand(url: string, { path }: DownloadOptions): string {
  return `download it with a browser or on another machine and put the file at ${path}`;
}

/** Whoever has a proxy set should know whether it was used. */
function proxyHint({ kind }: HttpError, url: string): string {
  if (kind !== 'unreachable') return '';
  const { proxy, name, unused } = proxyFor(new URL(url));
  if (proxy !== undefined) return `. It was asked for through ${shownProxy(proxy)}, which ${name} names`;
  return unused === undefined ? '' : `. ${unused} is set, but graft uses only proxies of http and https`;
}

function cannotWrite(url: string, path: string, error: unknown): WeightsError {
  const reason = error instanceof Error ? error.message : String(error);
  return new WeightsError(
    url,
    `it cannot be written to ${path}: ${reason}`,
    'Make room there, or set GRAFT_CACHE to another folder',
  );
}
