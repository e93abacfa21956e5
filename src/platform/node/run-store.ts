// Runs as folders of the file system, `runs/photos-2`, each written by one process at a time.
import { appendFile, mkdir, readdir, readFile, rmdir, stat, truncate, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, printable } from '../../format.ts';
import { RunError } from '../../run/errors.ts';
import type { RunFiles, RunPlace, RunReader, RunStore } from '../../run/store/store.ts';
import { nodeFiles, removeTemporaries, writeAtomic } from './files.ts';
import { makeFolder } from './folders.ts';
import { lockRun, LOCK_NAME, type RunLock } from './run-lock.ts';

/** How files are written; tests hand in a full disk. */
export interface RunDisk {
  writeAtomic(path: string, bytes: Uint8Array): Promise<void>;
  append(path: string, bytes: Uint8Array): Promise<void>;
}
const realDisk: RunDisk = { writeAtomic, append: (path, bytes) => appendFile(path, bytes) };

/** The runs in the folder `root`, by default `runs` of the current one; any other path of a run can be opened too. */
export function folderStore(root = 'runs', disk: RunDisk = realDisk): RunStore {
  return {
    writer: { host: hostname(), process: String(process.pid) },
    place: (name) => join(root, name),
    async make(run) {
      try {
        makeFolder(dirname(run));
        return await mkdir(run).then(
          () => true,
          (error: unknown) => {
            if (codeOf(error) === 'EEXIST') return false;
            throw error;
          },
        );
      } catch (error) {
        throw cannotWrite(run, run, error);
      }
    },
    async lock(run) {
      const path = withoutSlash(run);
      const kind = await nodeFiles.kind(path);
      if (kind === 'missing')
        throw new RunError(`There is no run ${printable(run)}.`, { kind: 'no-run', run });
      if (kind !== 'directory')
        throw new RunError(`${printable(run)} is a file, not the folder of a run.`, {
          kind: 'not-a-folder',
          run,
        });
      let lock: RunLock | undefined;
      try {
        lock = await lockRun(path);
        await removeTemporaries(path); // of processes that were killed: nobody else writes here
        const identity = await identityOf(path);
        if (identity === '') throw gone(path);
        return new LockedFolder(path, disk, lock, identity);
      } catch (error) {
        lock?.release();
        throw error instanceof RunError ? error : cannotWrite(path, path, error);
      }
    },
    look: async (run) =>
      (await nodeFiles.kind(run)) === 'directory' ? new FolderReader(withoutSlash(run)) : undefined,
  };
}

/** The folders in `root`, and when the newest file in each was written; none where there is no such folder. */
export async function foldersOfRuns(root = 'runs'): Promise<RunPlace[]> {
  const names = await readdir(root).catch(() => []);
  const found = names.map(async (name): Promise<RunPlace> => {
    const run = join(root, name);
    const files = await readdir(run).catch(() => []);
    const times = files.map((file) =>
      stat(join(run, file)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    );
    return { run, changedAt: Math.max(0, ...(await Promise.all(times))) };
  });
  return Promise.all(found);
}

class FolderReader implements RunReader {
  constructor(readonly run: string) {}

  async size(name: string): Promise<number | undefined | 'no file'> {
    try {
      const found = await stat(this.path(name));
      return found.isFile() ? found.size : 'no file';
    } catch {
      return undefined;
    }
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await readFile(this.path(name)));
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.run);
    return names.filter((name) => !name.startsWith(LOCK_NAME) && !name.startsWith('.'));
  }

  protected path(name: string): string {
    return join(this.run, name);
  }
}

class LockedFolder extends FolderReader implements RunFiles {
  constructor(
    run: string,
    private readonly disk: RunDisk,
    private readonly lock: RunLock,
    private readonly identity: string,
  ) {
    super(run);
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return this.guard(name, (path) => this.disk.writeAtomic(path, bytes));
  }

  append(name: string, bytes: Uint8Array): Promise<void> {
    return this.guard(name, async (path) => {
      makeFolder(dirname(path));
      const before = Number((await this.size(name)) ?? 0);
      try {
        await this.disk.append(path, bytes);
      } catch (error) {
        await truncate(path, before).catch(() => undefined); // half a line would spoil the next one
        throw error;
      }
    });
  }

  async remove(name: string): Promise<void> {
    await unlink(this.path(name)).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw cannotWrite(this.run, this.path(name), error);
    });
  }

  close(): Promise<void> {
    this.lock.release();
    return Promise.resolve();
  }

  async discard(): Promise<void> {
    this.lock.release();
    await rmdir(this.run).catch(() => undefined); // it holds something, as it should
  }

  /** Writing makes folders that are missing: it would silently recreate a run that someone has removed. */
  private async guard(name: string, write: (path: string) => Promise<void>): Promise<void> {
    if ((await identityOf(this.run)) !== this.identity) throw gone(this.run);
    const path = this.path(name);
    try {
      await write(path);
    } catch (error) {
      throw cannotWrite(this.run, path, error);
    }
  }
}

/** Tells a folder from one that was made later under its name; empty if there is none. */
async function identityOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found?.isDirectory() === true ? `${found.dev}:${found.ino}:${found.birthtimeNs}` : '';
}

const gone = (run: string) =>
  new RunError(`${printable(run)} was removed while it was being written.`, { kind: 'gone', run });

function cannotWrite(run: string, path: string, error: unknown): RunError {
  const code = codeOf(error);
  const why =
    code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'your quota is used up' : messageOf(error);
  return new RunError(
    `${printable(path)} cannot be written: ${why}.`,
    { kind: 'cannot-write', run, isFull: code === 'ENOSPC' || code === 'EDQUOT', canGoOn: false },
    { cause: error },
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const withoutSlash = (path: string): string => path.replace(/(?<=[^/])\/+$/, '');
