import { readFileSync } from 'node:fs';
import { packageFile } from '../platform/node/package.ts';

/** graft's own version, from package.json. */
export function graftVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;
}
