// One GET over HTTP(S) through Node's fetch, from a byte onwards, with what fetch lacks: time limits for the connection
// and for a stall, redirects that are counted and never lead from https to http, errors in words, and the proxy of the
// environment.
import { fetchFor } from './proxy.ts';

/**
 * How long to wait, in ms: for an answer (name, connection and headers, at each redirect), and for each piece of it.
 */
export interface Timeouts {
  readonly connect: number;
  readonly stall: number;
}

/** Why nothing (more) arrived. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  /**
   * @param message what happened, as a clause
   * @param kind whether the server could not be reached, was lost half-way, or answered and did not give the file
   */
  constructor(
    message: string,
    readonly kind: 'unreachable' | 'broken' | 'refused',
  ) {
    super(message);
  }
}

/** A part of a file as it arrives. */
export interface Body {
  /**
   * The byte of the file that the first piece begins with: the requested one, or 0 if the server gives only the whole file.
   */
  readonly from: number;
  /** How many bytes the whole file has; undefined if the server does not say. */
  readonly total: number | undefined;
  /** Rejects with `HttpError` if the connection breaks. */
  readonly pieces: Pieces;
}

const MOST_REDIRECTS = 5;

/**
 * Asks for the bytes of `url` from `offset` to the end of a file that has `total` bytes, or as many as the server says.
 * Rejects with `HttpError`, also where the server tells another size than `total`, and with the reason of `signal`.
 */
export async function get(
  url: string,
  offset: number,
  total: number | undefined,
  { timeouts, signal }: { readonly timeouts: Timeouts; readonly signal?: AbortSignal | undefined },
): Promise<Body> {
  // A name's lookup cannot be cancelled, and the process cannot end before it does: glibc would try for 10 s and more
  // if a name server is silent. It reads this at its first lookup; other systems do not know it.
  process.env['RES_OPTIONS'] ??= 'timeout:2 attempts:2';
  const watchdog = new Watchdog(timeouts, signal);
  try {
    const response = await follow(new URL(url), offset, watchdog);
    const place = placeOf(response, offset, total);
    if (!response.body) throw new HttpError('the server sent nothing', 'broken');
    return { ...place, pieces: piecesOf(response.body as unknown as Pieces, watchdog) };
  } catch (error) {
    throw watchdog.end(error, 'unreachable');
  }
}

async function follow(start: URL, offset: number, watchdog: Watchdog): Promise<Response> {
  let url = start;
  // Coded bodies would make nonsense of ranges and sizes.
  const headers = { 'accept-encoding': 'identity', ...(offset > 0 && { range: `bytes=${offset}-` }) };
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    watchdog.expect('connect');
    const fetch = await fetchFor(url);
    const response = await fetch(url, { headers, redirect: 'manual', signal: watchdog.signal });
    if (![301, 302, 303, 307, 308].includes(response.status)) return response;
    void response.body?.cancel();
    url = redirectTarget(response, url);
  }
  throw new HttpError(`it redirects more than ${MOST_REDIRECTS} times`, 'refused');
}

function redirectTarget(response: Response, from: URL): URL {
  const location = response.headers.get('location');
  const target = location !== null && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const secure = target?.protocol === 'https:' || (target?.protocol === 'http:' && from.protocol === 'http:');
  if (target && secure) return target;
  throw new HttpError(`it redirects to ${JSON.stringify(location?.slice(0, 200) ?? '')}`, 'refused');
}

/** Where the body begins, and the file's size; throws `HttpError` if it is not the file that was asked for. */
function placeOf(
  response: Response,
  offset: number,
  expected: number | undefined,
): Pick<Body, 'from' | 'total'> {
  const totalOf = (said: string | null | undefined): number | undefined => {
    const size = said === null || said === undefined ? expected : Number(said);
    if (expected === undefined || size === expected) return size;
    throw new HttpError(
      `the server's file has ${size} bytes and not ${expected}: it is a different file`,
      'refused',
    );
  };
  if (response.status === 206) {
    const [, first, last, size] =
      /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    const total = totalOf(size);
    if (Number(first) === offset && Number(last) + 1 === total) return { from: offset, total };
    throw new HttpError('the server sent a different part of the file than requested', 'refused');
  }
  if (response.status === 200) return { from: 0, total: totalOf(response.headers.get('content-length')) };
  const status = `${response.status} ${response.statusText}`.trim();
  throw new HttpError(`the server answered ${status}`, response.status >= 500 ? 'unreachable' : 'refused');
}

/** What a web stream is in Node; the DOM's types do not say so. */
type Pieces = AsyncIterable<Uint8Array>;

async function* piecesOf(body: Pieces, watchdog: Watchdog): AsyncGenerator<Uint8Array> {
  watchdog.expect('stall');
  try {
    for await (const piece of body) {
      watchdog.rest(); // while the piece is written, the server owes nothing
      yield piece;
      watchdog.expect('stall');
    }
  } catch (error) {
    throw watchdog.end(error, 'broken');
  } finally {
    watchdog.rest();
  }
}

/** Aborts a request that takes too long or that the caller no longer wants, and says which. */
class Watchdog {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  readonly signal: AbortSignal;

  constructor(
    private readonly timeouts: Timeouts,
    private readonly callers: AbortSignal | undefined,
  ) {
    this.signal = callers ? AbortSignal.any([callers, this.controller.signal]) : this.controller.signal;
  }

  /** Allows the time that the next step may take. */
  expect(step: keyof Timeouts): void {
    this.rest();
    const limit = this.timeouts[step];
    const seconds = `${limit / 1000} s`;
    const message = step === 'connect' ? `no answer within ${seconds}` : `nothing arrived for ${seconds}`;
    const kind = step === 'connect' ? 'unreachable' : 'broken';
    this.timer = setTimeout(() => this.controller.abort(new HttpError(message, kind)), limit);
  }

  rest(): void {
    clearTimeout(this.timer);
  }

  /** Ends the watch; returns what to throw for `error`. */
  end(error: unknown, kind: HttpError['kind']): unknown {
    this.rest();
    if (this.callers?.aborted) return this.callers.reason;
    if (this.controller.signal.aborted) return this.controller.signal.reason;
    return error instanceof HttpError ? error : new HttpError(causeOf(error), kind);
  }
}

/** fetch says "fetch failed" or "terminated"; the useful part is in its cause. */
function causeOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const known = CAUSES[code];
  if (known !== undefined) return known;
  const refused = PROXY_ANSWER.exec(cause instanceof Error ? messageChain(cause) : '');
  if (refused) {
    const why = refused[1] === '407' ? ', since it wants another name and password' : '';
    return `the proxy answered ${refused[1]}${why}`;
  }
  const best = cause instanceof Error && cause.message !== '' ? cause : error;
  return best instanceof Error ? `${best.message}${code === '' ? '' : ` (${code})`}` : String(best);
}

/** How undici says that a proxy makes no tunnel. */
const PROXY_ANSWER = /Proxy response \((\d+)\)/;

const messageChain = (error: Error): string =>
  error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message;

const CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved: there is no network, or no such server',
  EAI_AGAIN: 'its name cannot be resolved: there is no network',
  ECONNREFUSED: 'the server refuses connections',
  ECONNRESET: 'the connection broke',
  EHOSTUNREACH: 'the server cannot be reached',
  ENETUNREACH: 'there is no network',
  UND_ERR_SOCKET: 'the connection broke',
};
