// Runs a TypeScript program of this package. A loader needs a second for 300 modules, one by one; so they are joined into a bundle
// (by esbuild, in a quarter of a second) in a folder named by a hash of all that it was made from: an edit gives another folder, and
// no bundle is ever stale. Where none can be written, as in an installation of another user's, tsx loads the sources.
import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What programs start by a file's name instead of importing it. */
const WORKERS = ['src/platform/node/decode-worker.ts'];
/** Days that a bundle stays after it was last started: a process may still be about to load a part of it. */
const KEPT_FOR = 7;
const DAY = 24 * 3600 * 1000; // in milliseconds

/** Source maps are for stacks, and so without the sources, which are there. */
const OPTIONS = {
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'silent',
};

const root = fileURLToPath(new URL('..', import.meta.url));
// Inside of node_modules, as a bundle holds no packages: they are looked for from where it lies.
const cache = join(root, 'node_modules', '.cache', 'graft');

/** Imports the program `entry`, a .ts file named from this package's folder. */
export async function load(entry) {
  const program = existing(entry) ?? (await build(entry));
  if (program !== undefined) {
    process.setSourceMapsEnabled(true);
    await import(pathToFileURL(program).href);
  } else {
    (await import('tsx/esm/api')).register();
    await import(pathToFileURL(join(root, entry)).href);
  }
}

/** The bundle of `entry`, if all files that it was made from are as they were: what they import is in what they say. */
function existing(entry) {
  try {
    const folder = folderOf(JSON.parse(fs.readFileSync(listOf(entry), 'utf8')));
    if (fs.statSync(folder).mtimeMs < Date.now() - DAY) fs.utimesSync(folder, new Date(), new Date());
    return join(folder, 'program.mjs');
  } catch {
    return undefined; // never built, a source is gone, or it cannot be kept from growing old
  }
}

/** Makes the bundle of `entry`; undefined where it cannot be written. Throws what esbuild finds wrong in a source. */
async function build(entry) {
  const fresh = join(cache, randomUUID());
  try {
    removeOld();
    fs.mkdirSync(fresh, { recursive: true });
    const begin = Date.now();
    const { metafile } = await bundle(entry, fresh);
    const inputs = ['bin/bundle.mjs', ...Object.keys(metafile.inputs)];
    const folder = folderOf(inputs);
    if (inputs.some((file) => wasWrittenSince(begin, file))) return await build(entry);
    if (!fs.existsSync(folder)) fs.renameSync(fresh, folder);
    fs.writeFileSync(`${fresh}.json`, JSON.stringify(inputs));
    fs.renameSync(`${fresh}.json`, listOf(entry));
    return join(folder, 'program.mjs');
  } catch (error) {
    if (error.code === undefined) throw error; // the system's errors have one
    return undefined;
  } finally {
    if (fs.existsSync(fresh)) fs.rmSync(fresh, { recursive: true });
  }
}

/** Bundles the program `entry` and what it starts as workers into the folder `outdir`, as program.mjs and files beside it. */
export async function bundle(entry, outdir) {
  const esbuild = await import('esbuild');
  const workers = WORKERS.map((file) => [basename(file, '.ts'), file]);
  const entryPoints = { program: entry, ...Object.fromEntries(workers) };
  return await esbuild.build({ ...OPTIONS, absWorkingDir: root, entryPoints, outdir });
}

/** Whether a source changed while it was read, so that the bundle is of neither text. A date in the future is not since. */
function wasWrittenSince(begin, file) {
  const { mtimeMs } = fs.statSync(join(root, file));
  return mtimeMs >= begin && mtimeMs <= Date.now();
}

/** The file that holds the names of all that the bundle of `entry` was made from. */
const listOf = (entry) => join(cache, `${entry.replaceAll(/[\\/]/g, '-')}.json`);

/** The folder of a bundle of `inputs`, files named from this package's folder, as they are now. */
function folderOf(inputs) {
  const hash = createHash('sha256');
  for (const file of inputs) {
    const source = fs.readFileSync(join(root, file));
    hash.update(`${file}\0${source.length}\0`).update(source);
  }
  return join(cache, hash.digest('hex').slice(0, 32));
}

function removeOld() {
  if (!fs.existsSync(cache)) return;
  for (const name of fs.readdirSync(cache)) {
    const path = join(cache, name);
    const age = Date.now() - fs.statSync(path).mtimeMs;
    if (age > KEPT_FOR * DAY) fs.rmSync(path, { recursive: true, force: true });
  }
}
