/**
 * Runs and projects that somebody brings along, as a zip or as a folder: sorted by their paths alone, so that nothing is read that no
 * run has, and nothing larger than a run's files are. What is in them is checked before it is kept.
 */
import { DataError, ImageError } from '../../../src/data/errors.ts';
import { openZip } from '../../../src/data/zip.ts';
import { messageOf, printable } from '../../../src/format.ts';
import { OpfsError } from '../../../src/platform/web/opfs.ts';
import { RunError } from '../../../src/run/errors.ts';
import type { RunHost } from '../../../src/run/host.ts';
import { RunFolder, runFiles } from '../../../src/run/store/folder.ts';
import type { RunReader, RunStore } from '../../../src/run/store/store.ts';
import { isZip } from '../../../src/weights/archives.ts';
import type { PickedPhoto } from './calls/photos.ts';
import { ProjectError } from './project-error.ts';

/** A file by its path, read where it is needed. */
export interface BroughtFile {
  readonly path: string;
  readonly size: number;
  read(): Promise<Blob>;
}

/** A run by the folder that it came in, with its files by their names in a run. */
export interface BroughtRun {
  readonly folder: string;
  readonly files: ReadonlyMap<string, BroughtFile>;
}

/** Something that was not taken in, and why: to be read after its name. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** What was picked or dropped: the files in it, if it is one zip. Throws `ProjectError` for a zip that is not to be trusted. */
export async function broughtFiles(picked: readonly PickedPhoto[]): Promise<readonly BroughtFile[]> {
  const [first] = picked;
  if (picked.length !== 1 || !first || !isZip(new Uint8Array(await first.file.slice(0, 4).arrayBuffer())))
    return picked.map(({ path, file }) => ({ path, size: file.size, read: () => Promise.resolve(file) }));
  return filesInZip(printable(first.path), first.file);
}

const MOST_FILES = 200_000;

/** The files of an archive, all of which must be sound: a run or a project that lacks one would be another. */
async function filesInZip(name: string, archive: Blob): Promise<readonly BroughtFile[]> {
  const refuse = (why: string) => new ProjectError(why, { kind: 'refused' });
  const read = async (from: number, to: number) =>
    new Uint8Array(await archive.slice(from, to).arrayBuffer());
  const quoted = (path: string) => printable(JSON.stringify(path.slice(0, 200)));
  const { entries, leftOut } = await openZip({ size: archive.size, read }, name).catch((error: unknown) => {
    throw error instanceof DataError ? refuse(error.message) : error;
  });
  const [bad] = leftOut;
  if (bad) throw refuse(`${name} cannot be opened: its file ${quoted(bad.path)} ${bad.reason}.`);
  if (entries.length > MOST_FILES) throw refuse(`${name} claims to hold ${entries.length} files.`);
  const odd = entries.find(({ path }) => path.split('/').some((part) => part === '' || part === '.'));
  if (odd) throw refuse(`${name} cannot be opened: ${quoted(odd.path)} is no path inside of it.`);
  return entries.map((entry) => ({
    ...entry,
    read: async () => {
      try {
        return new Blob([await entry.read()]);
      } catch (error) {
        throw error instanceof ImageError
          ? refuse(`The file ${quoted(entry.path)} ${error.message}.`)
          : error;
      }
    },
  }));
}

const MiB = 2 ** 20;
/** The most that a run's files may be, in bytes: many times what graft writes. */
const largest = (name: string): number =>
  name.endsWith('.safetensors') ? 2048 * MiB : name.endsWith('.json') ? 64 * MiB : 256 * MiB;
const NAMES: readonly string[] = Object.values(runFiles);
const TENSORBOARD = /^tensorboard\/[\w-][\w.-]{0,200}$/;
const MOST_EVENT_FILES = 1000;

/** The runs among these files: the folders that hold a model or a training state. All other files are passed over. */
export function runsAmong(files: readonly BroughtFile[]): readonly BroughtRun[] {
  const marks = [runFiles.best, runFiles.last].map((name) => `/${name}`);
  const slashed = files.map((file) => ({ ...file, path: `/${file.path}` }));
  const folders = new Set(
    slashed.flatMap(({ path }) => {
      const mark = marks.find((mark) => path.endsWith(mark));
      return mark === undefined ? [] : [path.slice(0, -mark.length)];
    }),
  );
  const found = new Map([...folders].map((folder) => [folder, new Map<string, BroughtFile>()]));
  for (const file of slashed) {
    const [, folder = '', name = ''] = /^(.*?)\/((?:tensorboard\/)?[^/]+)$/.exec(file.path) ?? [];
    if (NAMES.includes(name) || TENSORBOARD.test(name)) found.get(folder)?.set(name, file);
  }
  return [...found].map(([folder, of]) => ({ folder: folder.slice(1), files: of }));
}

/**
 * Keeps a run in a store, by the name given or the next that is free, once all that is read of it later can be read. Resolves to its
 * name in the store. Throws `ProjectError` for one that is none, `RunError` or `OpfsError` where it cannot be written; then nothing is.
 */
export async function keepRun(
  { store, sha256 }: Pick<RunHost, 'store' | 'sha256'>,
  run: BroughtRun,
  name?: string,
): Promise<string> {
  await checked(run, sha256);
  const folder = await RunFolder.create(store, name);
  try {
    for (const [name, file] of run.files)
      await folder.files.write(name, new Uint8Array(await (await file.read()).arrayBuffer()));
    return folder.run;
  } catch (error) {
    for (const name of await folder.files.list()) await folder.files.remove(name).catch(() => undefined);
    throw error;
  } finally {
    await folder.close();
  }
}

/** A name that every file system takes as it is. */
const SAFE = /^[\p{L}\p{N}_](?:[\p{L}\p{N} ._-]{0,80}[\p{L}\p{N}_-])?$/u;

/** What a run was called where it comes from, if it can be called so here too: undefined where it is taken, or is no name for a folder. */
export async function ownName(store: RunStore, { folder }: BroughtRun): Promise<string | undefined> {
  const name = folder.split('/').at(-1) ?? '';
  return SAFE.test(name) && !(await store.look(store.place(name))) ? name : undefined;
}

async function checked(run: BroughtRun, sha256: RunHost['sha256']): Promise<void> {
  const where = printable(run.folder || 'the run');
  const refuse = (why: string) => new ProjectError(`${where} was not taken in: ${why}`, { kind: 'refused' });
  for (const [name, { size }] of run.files)
    if (size > largest(name))
      throw refuse(`its ${printable(name)} is far larger than any that a run writes.`);
  if (run.files.size > NAMES.length + MOST_EVENT_FILES) throw refuse('it holds too many files.');
  const { checkRun } = await import('../../../src/run/check-run.ts');
  await checkRun(readerOf(run), sha256).catch((error: unknown) => {
    throw error instanceof OpfsError ? error : refuse(messageOf(error));
  });
}

/** A run that is not kept yet, to be read. */
function readerOf({ folder, files }: BroughtRun): RunReader {
  return {
    run: folder || 'the run',
    size: (name) => Promise.resolve(files.get(name)?.size),
    async read(name) {
      const file = files.get(name);
      if (!file) throw new Error(`there is no ${name}`);
      return new Uint8Array(await (await file.read()).arrayBuffer());
    },
    list: () => Promise.resolve([...new Set([...files.keys()].map((name) => name.replace(/\/.*/, '')))]),
  };
}

/** Whether an error is about what was brought, so that the rest may still be taken in. */
export const isRefusal = (error: unknown): boolean =>
  (error instanceof ProjectError && error.problem.kind === 'refused') ||
  (error instanceof RunError && (error.problem.kind === 'bad-name' || error.problem.kind === 'taken'));
