// SwiftShader, a Vulkan driver for the CPU, is the adapter of last resort: it comes with an npm package, so that graft
// runs on a machine that has Node and nothing else. The package holds it compressed; this unpacks it once into the
// user's cache and puts it within reach of Dawn, without root and without environment variables set by hand.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { cacheFolders } from './cache.ts';
import { makeFolder } from './folders.ts';
import { untar } from './tar.ts';

const PACKAGE = '@sparticuz/chromium';
const LOADER = 'libvulkan.so.1';
const DRIVER = 'libvk_swiftshader.so';
const MANIFEST = 'swiftshader.icd.json';
const SIZES = 'sizes.json';

/** glibc's flag that keeps a library mapped after dlclose; Node's `os.constants.dlopen` does not list it. */
const RTLD_NODELETE = 0x1000;

/** Whether this machine is one that the packaged SwiftShader is built for, and has the package. */
export function hasSwiftShader(): boolean {
  return archivePath() !== undefined;
}

/**
 * Loads SwiftShader's own Vulkan loader into this process and returns the path of the driver's manifest, to be given to
 * the loader as `VK_DRIVER_FILES`. Dawn opens `libvulkan.so.1` by name, and finds the one already loaded.
 *
 * @throws Error that says, for each folder tried, why it could not be unpacked or loaded there
 */
export function loadSwiftShader(folders: readonly string[] = cacheFolders('drivers')): string {
  const archive = archivePath();
  if (archive === undefined)
    throw new Error(`The npm package ${PACKAGE} (optional, linux x64) is not installed.`);
  const failures: string[] = [];
  for (const folder of folders) {
    try {
      const unpacked = unpackOnce(archive, folder);
      loadForGood(join(unpacked, LOADER));
      return join(unpacked, MANIFEST);
    } catch (error) {
      failures.push(`${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `SwiftShader could not be unpacked and loaded.\n${failures.map((f) => `  ${f}`).join('\n')}`,
  );
}

/**
 * Returns the folder below `folder` that holds `archive`'s loader, driver and manifest, unpacking them if they are
 * not all there. The folder is made under a temporary name and renamed, so that processes that start together, or
 * one that is killed half-way, never leave or see a part of it.
 *
 * @throws Error when the folder cannot be written or belongs to somebody else
 */
export function unpackOnce(archive: string, folder: string): string {
  const target = join(folder, archiveKey(archive));
  makeFolder(folder, 0o700);
  assertOwn(folder);
  if (isWhole(target)) return target;

  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const fresh = `${target}.${unique}.new`;
  try {
    writeUnpacked(archive, fresh);
    // Another process may have been faster, with the same files; a damaged folder makes way.
    if (isWhole(target)) return target;
    if (exists(target)) renameSync(target, `${target}.${unique}.old`);
    try {
      renameSync(fresh, target);
    } catch (error) {
      if (!isWhole(target)) throw error;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(`${target}.${unique}.old`, { recursive: true, force: true });
  }
  return target;
}

function archivePath(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE); // …/build/cjs/index.cjs
    const path = join(dirname(entry), '..', '..', 'bin', 'swiftshader.tar.br');
    return exists(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Names what is in the archive, so that another version of the package is unpacked beside it and not over it. */
function archiveKey(archive: string): string {
  return `${basename(archive).split('.')[0]}-${statSync(archive).size}`;
}

function writeUnpacked(archive: string, folder: string): void {
  mkdirSync(folder, { mode: 0o700 });
  const sizes: Record<string, number> = {};
  const write = (name: string, data: Uint8Array | string) => {
    writeFileSync(join(folder, name), data, { mode: 0o600 });
    sizes[name] = data.length;
  };
  const files = untar(brotliDecompressSync(readFileSync(archive)));
  for (const name of [LOADER, DRIVER]) {
    const data = files.get(name);
    if (data === undefined) throw new Error(`${archive} holds no ${name}`);
    write(name, data);
  }
  const icd = { file_format_version: '1.0.0', ICD: { library_path: `./${DRIVER}`, api_version: '1.1.0' } };
  write(MANIFEST, JSON.stringify(icd));
  writeFileSync(join(folder, SIZES), JSON.stringify(sizes));
}

function isWhole(folder: string): boolean {
  try {
    const sizes = JSON.parse(readFileSync(join(folder, SIZES), 'utf8')) as Record<string, number>;
    return [LOADER, DRIVER, MANIFEST].every((name) => statSync(join(folder, name)).size === sizes[name]);
  } catch {
    return false;
  }
}

/** Code is loaded from here: refuse a folder that another user could have filled (/tmp is everybody's). */
function assertOwn(folder: string): void {
  const { uid, mode } = statSync(folder);
  const mine = process.getuid?.();
  if (uid !== mine || lstatSync(folder).uid !== mine || (mode & 0o022) !== 0) {
    throw new Error('is owned or writable by another user');
  }
}

/** Loads a plain shared library that is not a Node addon: Node complains and closes it, glibc keeps it. */
function loadForGood(library: string): void {
  let complaint: unknown;
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch (error) {
    complaint = error;
  }
  if (!readFileSync('/proc/self/maps', 'utf8').includes(library)) throw complaint;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
