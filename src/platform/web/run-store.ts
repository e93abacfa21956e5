// Runs in the storage of a browser's origin, `runs/train-2`, each written by one worker of the origin at a time.
import { RunError } from '../../run/errors.ts';
import type { RunFiles, RunReader, RunStore } from '../../run/store/store.ts';
import type { Folder, FolderStorage } from './folder.ts';
import { inTurn, lockFolder, type WebLock } from './lock.ts';
import { OpfsError, opfsStorage } from './opfs.ts';

/**
 * The runs in a folder of a storage, by default this origin's own, for a dedicated worker. Locks are those of the origin, by the
 * folder's path, so storages that are not shared need paths that are not. All methods throw `RunError`, or `OpfsError` if there is no
 * storage.
 */
export function opfsStore(root = 'runs', storage: FolderStorage = opfsStorage): RunStore {
  return {
    writer: { host: 'browser', process: crypto.randomUUID() },
    place: (name) => `${root}/${name}`,
    // To look and to make are two calls, between which another tab could do the same.
    make: (run) =>
      inTurn(`graft:${root}`, async () => {
        if (await storage.find(run)) return false;
        await storage.make(run);
        return true;
      }),
    async lock(run) {
      // The lock comes first: the folder that was found before could be one that its last writer takes away.
      const lock = await lockFolder(`graft:${run}`);
      try {
        const folder = await storage.find(run);
        if (!folder) throw new RunError(`There is no run ${run}.`, { kind: 'no-run', run });
        if (!lock) throw new RunError(`${run} is being written in another tab.`, { kind: 'busy', run });
        await folder.tidy();
        return new LockedRun(run, folder, storage, lock);
      } catch (error) {
        lock?.release();
        throw error;
      }
    },
    async look(run) {
      const folder = await storage.find(run);
      return folder && new OpfsReader(run, folder);
    },
  };
}

class OpfsReader implements RunReader {
  constructor(
    readonly run: string,
    protected readonly folder: Folder,
  ) {}

  size(name: string): Promise<number | undefined | 'no file'> {
    return this.folder.size(name);
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.folder.read(name);
    if (!bytes) throw new Error(`there is no ${this.run}/${name}`);
    return bytes;
  }

  list(): Promise<readonly string[]> {
    return this.folder.list();
  }
}

class LockedRun extends OpfsReader implements RunFiles {
  constructor(
    run: string,
    folder: Folder,
    private readonly storage: FolderStorage,
    private readonly lock: WebLock,
  ) {
    super(run, folder);
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return this.guard(name, () => this.folder.write(name, bytes));
  }

  append(name: string, bytes: Uint8Array): Promise<void> {
    return this.guard(name, () => this.folder.append(name, bytes));
  }

  remove(name: string): Promise<void> {
    return this.guard(name, () => this.folder.remove(name));
  }

  close(): Promise<void> {
    this.lock.release();
    return Promise.resolve();
  }

  async discard(): Promise<void> {
    try {
      const isEmpty = await this.list().then(
        (names) => names.length === 0,
        () => false, // it is gone
      );
      const [root, name] = this.run.split(/\/(?=[^/]*$)/) as [string, string];
      if (isEmpty) await (await this.storage.find(root))?.remove(name);
    } finally {
      this.lock.release();
    }
  }

  private async guard(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof OpfsError)) throw error;
      const { run } = this;
      if (error.problem === 'gone')
        throw new RunError(
          `${run} was removed while it was being written.`,
          { kind: 'gone', run },
          { cause: error },
        );
      const isFull = error.problem === 'full';
      const why = isFull ? 'the browser gives this site no more space' : error.message;
      throw new RunError(
        `${run}/${name} cannot be written: ${why}.`,
        { kind: 'cannot-write', run, isFull, canGoOn: false },
        { cause: error },
      );
    }
  }
}
