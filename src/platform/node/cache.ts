// Where graft keeps what can be made or fetched again: drivers unpacked from npm,
// pretrained weights, what was measured on this machine's adapters, features of photos, and photos while a run uses them.
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The folders for one kind of cached file, best first: the user's cache (`$GRAFT_CACHE`, else where the platform keeps
 * caches), then a folder of the user's own among the temporary files, for a user without a home.
 */
export function cacheFolders(kind: 'drivers' | 'features' | 'photos' | 'tuning' | 'weights'): string[] {
  const own = process.env['GRAFT_CACHE'];
  const folders = [join(tmpdir(), `graft-${kind}-${process.getuid?.() ?? 'user'}`)];
  const root = own !== undefined && own !== '' ? resolve(own) : joined(userCache(), 'graft');
  if (root !== undefined) folders.unshift(join(root, kind));
  return folders;
}

/** The folder where torch.hub keeps the weights that torchvision downloads; undefined for a user without a home. */
export function torchHubFolder(): string | undefined {
  const torch = process.env['TORCH_HOME'];
  const root = torch !== undefined && torch !== '' ? torch : joined(xdgCache(), 'torch');
  return joined(root, 'hub', 'checkpoints');
}

function userCache(): string | undefined {
  if (absoluteOf('XDG_CACHE_HOME') !== undefined) return xdgCache();
  if (process.platform === 'darwin') return joined(home(), 'Library', 'Caches');
  if (process.platform === 'win32') return absoluteOf('LOCALAPPDATA') ?? joined(home(), 'AppData', 'Local');
  return xdgCache();
}

/** As in the XDG base directory specification, which ignores paths that are not absolute. */
const xdgCache = () => absoluteOf('XDG_CACHE_HOME') ?? joined(home(), '.cache');

function absoluteOf(variable: string): string | undefined {
  const value = process.env[variable];
  return value !== undefined && isAbsolute(value) ? value : undefined;
}

function home(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // no home and no entry in the user database: a bare container's user
  }
}

const joined = (root: string | undefined, ...parts: readonly string[]) =>
  root === undefined ? undefined : join(root, ...parts);
