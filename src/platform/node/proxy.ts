// The proxy of the environment, as curl and pip read it: HTTPS_PROXY for https, HTTP_PROXY for http, ALL_PROXY for either, NO_PROXY
// for exceptions, small letters before capitals. Node 20's fetch knows none of them; undici, which it is made of, does the
// tunnelling, and is loaded only where there is a proxy.

/** How a URL is reached. */
export interface ProxyChoice {
  /** Undefined where the server is asked itself. */
  readonly proxy: URL | undefined;
  /** The variable that names the proxy. */
  readonly name?: string;
  /** A variable that is set to what is no proxy for HTTP, such as socks5://…, and is not used. */
  readonly unused?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for `url` by the environment's variables. */
export function proxyFor(url: URL, environment: Environment = process.env): ProxyChoice {
  const kind = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const names = [kind, kind.toUpperCase(), 'all_proxy', 'ALL_PROXY'];
  const set = names.filter((name) => (environment[name] ?? '') !== '');
  if (isExcepted(url, environment['no_proxy'] ?? environment['NO_PROXY'] ?? '')) return { proxy: undefined };
  for (const name of set) {
    const proxy = parseProxy(environment[name] ?? '');
    if (proxy) return { proxy, name };
  }
  const [unused] = set;
  return { proxy: undefined, ...(unused !== undefined && { unused }) };
}

/** A proxy for people: without the password that its address may hold. */
export const shownProxy = ({ protocol, host }: URL): string => `${protocol}//${host}`;

/** What fetches `url`: Node's own fetch, or undici's through the proxy of the environment. */
export async function fetchFor(url: URL): Promise<typeof fetch> {
  const { proxy } = proxyFor(url);
  if (!proxy) return fetch;
  const { fetch: fetchThrough, ProxyAgent } = await import('undici');
  // Plain http is asked of the proxy itself: many let nothing but port 443 through a tunnel.
  const dispatcher = new ProxyAgent({ uri: proxy.href, proxyTunnel: false });
  return ((target: URL, init: object) =>
    fetchThrough(target, { ...init, dispatcher })) as unknown as typeof fetch;
}

/** `proxy.example:3128`, with or without http:// before it; undefined for other protocols and for nonsense. */
function parseProxy(text: string): URL | undefined {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) return undefined;
  const url = new URL(full);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

/** Whether `list` (hosts, perhaps with a port, separated by commas; `*` for all) has the URL's host or a domain that it is in. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, host = entry, entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const domain = host.replace(/^\*?\./, '');
      const isInside = hostname === domain || hostname.endsWith(`.${domain}`);
      return isInside && (entryPort === undefined || entryPort === ownPort);
    });
}
