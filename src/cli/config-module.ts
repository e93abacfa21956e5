// A config file that is a program: TypeScript or JavaScript, which Node 20 cannot load as it is. jiti does, for all of them alike.
// It runs with all that its user may do, so where it may come from is decided in config-file.ts.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from '../platform/node/package.ts';

const ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/** Whether the file of this name is a program, and not JSON. */
export const isModule = (path: string): boolean => ENDINGS.some((ending) => path.endsWith(ending));

/** Runs the module and gives what it exports by default; rejects with whatever is wrong in it. */
export async function loadModule(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const own = ownEntry();
  const jiti = createJiti(pathToFileURL(resolve(path)).href, {
    fsCache: false, // a cache would lie in the user's folders
    interopDefault: false,
    ...(own !== undefined && { alias: { 'graft/node': own } }),
  });
  return (await jiti.import<{ readonly default?: unknown }>(resolve(path))).default;
}

/**
 * `graft/node` of the graft that runs: started by npx it need not be installed where the config file is. Among its sources, where it
 * need not be built, it is what a config file takes of it.
 */
function ownEntry(): string | undefined {
  const entries = ['dist/lib/api/node.js', 'src/run/config-file.ts'];
  return entries.map(packageFile).find((path) => existsSync(path));
}
