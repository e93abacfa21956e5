import { readFileSync } from 'node:fs';

/** graft's own version, from package.json. */
export function graftVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
