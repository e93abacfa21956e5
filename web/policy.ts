// What a page of the site may do: load what is its own, and ask nobody but, where it fetches networks, their servers.

/** `asks`: origins that the page may fetch from beside its own. `writesStyles`: its scripts write styles into it. */
export function contentPolicy(asks: readonly string[], { writesStyles = false } = {}): string {
  const rules = {
    'default-src': "'self'",
    'img-src': "'self' blob: data:",
    'connect-src': ["'self'", ...asks].join(' '),
    'worker-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    ...(writesStyles && { 'style-src': "'self' 'unsafe-inline'" }),
  };
  return Object.entries(rules)
    .map(([kind, from]) => `${kind} ${from}`)
    .join('; ');
}
