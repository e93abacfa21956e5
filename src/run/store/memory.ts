/**
 * Runs in plain memory: for tests, and for pages that may store nothing. What a store holds can be copied, which is what a
 * killed process leaves behind.
 */
import { concat } from '../../bytes.ts';
import { RunError } from '../errors.ts';
import type { RunFiles, RunReader, RunStore } from './store.ts';

type Files = Map<string, Uint8Array<ArrayBuffer>>;

export class MemoryStore implements RunStore {
  readonly writer = { host: 'memory', process: '0' };
  private readonly runs = new Map<string, Files>();
  /** By what they hold, not by name: a run that was removed and made again is another one. */
  private readonly locked = new Set<Files>();

  place(name: string): string {
    return name;
  }

  make(run: string): Promise<boolean> {
    if (this.runs.has(run)) return Promise.resolve(false);
    this.runs.set(run, new Map());
    return Promise.resolve(true);
  }

  lock(run: string): Promise<RunFiles> {
    const files = this.runs.get(run);
    if (!files) return Promise.reject(new RunError(`There is no run ${run}.`, { kind: 'no-run', run }));
    if (this.locked.has(files))
      return Promise.reject(new RunError(`${run} is being written.`, { kind: 'busy', run }));
    this.locked.add(files);
    const isThere = () => this.runs.get(run) === files;
    const close = () => Promise.resolve(void this.locked.delete(files));
    const discard = () => {
      if (files.size === 0 && isThere()) this.runs.delete(run);
      return close();
    };
    return Promise.resolve({ ...this.reader(run), ...writerOf(run, files, isThere), close, discard });
  }

  look(run: string): Promise<RunReader | undefined> {
    return Promise.resolve(this.runs.has(run) ? this.reader(run) : undefined);
  }

  /** Everything that is there now, in a store that nobody has locked. */
  copy(): MemoryStore {
    const copy = new MemoryStore();
    for (const [run, files] of this.runs) copy.runs.set(run, new Map(files));
    return copy;
  }

  /** Removes a run, whoever is writing it. */
  remove(run: string): void {
    this.runs.delete(run);
  }

  private reader(run: string): RunReader {
    const files = (): Files => this.runs.get(run) ?? new Map();
    const namesIn = (folder: string) => [...files().keys()].filter((name) => name.startsWith(`${folder}/`));
    return {
      run,
      size: (name) =>
        Promise.resolve(files().get(name)?.length ?? (namesIn(name).length > 0 ? 'no file' : undefined)),
      read(name) {
        const bytes = files().get(name);
        return bytes ? Promise.resolve(bytes.slice()) : Promise.reject(new Error(`there is no ${name}`));
      },
      list: () => Promise.resolve([...new Set([...files().keys()].map((name) => name.replace(/\/.*/, '')))]),
    };
  }
}

function writerOf(
  run: string,
  files: Files,
  isThere: () => boolean,
): Pick<RunFiles, 'write' | 'append' | 'remove'> {
  const put = (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (!isThere()) return Promise.reject(new RunError(`${run} was removed.`, { kind: 'gone', run }));
    files.set(name, bytes);
    return Promise.resolve();
  };
  return {
    write: (name, bytes) => put(name, new Uint8Array(bytes)),
    append: (name, bytes) => put(name, concat([files.get(name) ?? new Uint8Array(), bytes])),
    remove: (name) => Promise.resolve(void files.delete(name)),
  };
}
