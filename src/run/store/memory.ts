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
  private readonly locked = new Set<string>();

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
    if (this.locked.has(run))
      return Promise.reject(new RunError(`${run} is being written.`, { kind: 'busy', run }));
    this.locked.add(run);
    const close = () => {
      this.locked.delete(run);
      if (files.size === 0) this.runs.delete(run);
    };
    return Promise.resolve({ ...readerOf(run, files), ...writerOf(run, this.runs, close) });
  }

  look(run: string): Promise<RunReader | undefined> {
    const files = this.runs.get(run);
    return Promise.resolve(files && readerOf(run, files));
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
}

const readerOf = (run: string, files: Files): RunReader => ({
  run,
  size: (name) => Promise.resolve(files.get(name)?.length),
  read(name) {
    const bytes = files.get(name);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`there is no ${name}`));
  },
  list: () => Promise.resolve([...files.keys()]),
});

function writerOf(
  run: string,
  runs: ReadonlyMap<string, Files>,
  close: () => void,
): Omit<RunFiles, keyof RunReader> {
  const put = (name: string, change: (before: Uint8Array | undefined) => Uint8Array): Promise<void> => {
    const files = runs.get(run);
    if (!files) return Promise.reject(new RunError(`${run} was removed.`, { kind: 'gone', run }));
    files.set(name, new Uint8Array(change(files.get(name))));
    return Promise.resolve();
  };
  return {
    write: (name, bytes) => put(name, () => bytes),
    append: (name, bytes) => put(name, (before = new Uint8Array()) => concat([before, bytes])),
    remove: (name) => Promise.resolve(void runs.get(run)?.delete(name)),
    close: () => Promise.resolve(close()),
  };
}
