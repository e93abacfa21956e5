// Finds the files that graft is installed with. The module that asks may be a source, or a part of a bundle that lies deeper down
// (bin/bundle.mjs), so paths start from the package's folder and not from the module.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of the file `name` of graft's own package, such as `package.json`. It is not checked whether it exists. */
export function packageFile(name: string): string {
  return join(packageFolder(fileURLToPath(import.meta.url)), name);
}

/** The nearest folder above `path` with a package.json. */
function packageFolder(path: string): string {
  const folder = dirname(path);
  if (folder === path) throw new Error('graft is incomplete: its package.json is missing. Install it again.');
  return existsSync(join(folder, 'package.json')) ? folder : packageFolder(folder);
}

/** graft's own version, from package.json. */
export function graftVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;
}
