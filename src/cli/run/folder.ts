// A run is a folder: its settings, history, best and last model, and what is made of them. Every file is either whole
// or the one before, whatever stops the program: a killed process, a full disk, a second process.
import { appendFile, mkdir, readdir, stat, truncate } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { nodeFiles, writeAtomic } from '../../platform/node/files.ts';
import { makeFolder } from '../../platform/node/folders.ts';
import {
  csvHeader,
  csvRow,
  epochScalars,
  eventFileName,
  fileVersionRecord,
  jsonlRow,
  scalarsRecord,
  type HistoryEpoch,
} from '../../report/index.ts';
import { FileError, UsageError } from '../command.ts';
import { printable } from '../../format.ts';
import { lockRun, LOCK_NAME, type RunLock } from './lock.ts';

/** The names in a run's folder. */
export const runFiles = {
  config: 'config.json',
  classes: 'classes.json',
  data: 'data.json',
  csv: 'history.csv',
  jsonl: 'history.jsonl',
  best: 'best.safetensors',
  last: 'last.safetensors',
  batch: 'batch.png',
  report: 'report.html',
  tensorboard: 'tensorboard',
} as const;

/** How files are written; tests hand in a disk that is full. */
export interface RunDisk {
  writeAtomic(path: string, bytes: Uint8Array): Promise<void>;
  append(path: string, bytes: Uint8Array): Promise<void>;
}
const realDisk: RunDisk = { writeAtomic, append: (path, bytes) => appendFile(path, bytes) };

/** A run's folder while this process writes into it, and no other does. */
export class RunFolder {
  private events: string | undefined;

  private constructor(
    /** As the user would name it: `runs/train2`. */
    readonly path: string,
    private readonly lock: RunLock,
    private readonly disk: RunDisk,
  ) {}

  /**
   * Makes and locks a new run in `root`: `name`, or the first of train, train2, train3, … that is not there.
   * Throws `FileError` where the name cannot be a folder's or holds a run already.
   */
  static async create(
    { root = 'runs', name }: { readonly root?: string; readonly name?: string | undefined } = {},
    disk: RunDisk = realDisk,
  ): Promise<RunFolder> {
    if (name !== undefined) checkName(name);
    try {
      makeFolder(root);
      const path = name === undefined ? await makeNext(root) : join(root, name);
      await mkdir(path, { recursive: true });
      const lock = await lockRun(path);
      const others = (await readdir(path)).filter(
        (entry) => !entry.startsWith(LOCK_NAME) && !entry.startsWith('.'),
      );
      if (others.length === 0) return new RunFolder(path, lock, disk);
      lock.release();
      throw new FileError(
        `${printable(path)} is not empty: a new run would mix its files with those of another.`,
        `Continue that run with --resume ${printable(path)}, or give another --name.`,
      );
    } catch (error) {
      throw error instanceof UsageError ? error : writeError(join(root, name ?? ''), error);
    }
  }

  /** Locks the run in `path` to go on with it. Throws `FileError` where it is not there or another process has it. */
  static async open(path: string, disk: RunDisk = realDisk): Promise<RunFolder> {
    if ((await nodeFiles.kind(path)) !== 'directory') throw noRun(path);
    try {
      return new RunFolder(path, await lockRun(path), disk);
    } catch (error) {
      throw error instanceof UsageError ? error : writeError(path, error);
    }
  }

  /** The path of one of the run's files. */
  file(name: keyof typeof runFiles): string {
    return join(this.path, runFiles[name]);
  }

  /** Writes one of the run's files. Throws `FileError` where that fails; what was there before then still is. */
  async write(
    name: Exclude<keyof typeof runFiles, 'tensorboard'>,
    content: Uint8Array | string,
  ): Promise<void> {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await this.guard(this.file(name), () => this.disk.writeAtomic(this.file(name), bytes));
  }

  /** Writes a value as JSON for people: an entry a line. */
  writeJson(name: 'config' | 'classes' | 'data', value: unknown): Promise<void> {
    return this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Sets the history to that of a state that is resumed, which may lie before the last rows written. */
  async rewriteHistory(history: readonly HistoryEpoch[]): Promise<void> {
    await this.write('csv', csvHeader + history.map(csvRow).join(''));
    await this.write('jsonl', history.map(jsonlRow).join(''));
  }

  /** Adds an epoch to both histories. */
  async appendHistory(epoch: HistoryEpoch): Promise<void> {
    const isNew = (await sizeOf(this.file('csv'))) === 0;
    await this.append(this.file('csv'), (isNew ? csvHeader : '') + csvRow(epoch));
    await this.append(this.file('jsonl'), jsonlRow(epoch));
  }

  /**
   * Adds scalars to this process's TensorBoard file, which the first call makes; `now` in milliseconds since 1970.
   * TensorBoard reads all files of the folder, and a resumed run's later file takes over from its first step on.
   */
  async appendScalars(
    scalars: Readonly<Record<string, number>>,
    step: number,
    now = Date.now(),
  ): Promise<void> {
    const wallTime = now / 1000;
    if (this.events === undefined) {
      const dir = this.file('tensorboard');
      await this.guard(dir, () => mkdir(dir, { recursive: true }));
      this.events = join(dir, `${eventFileName(wallTime, hostname())}.${process.pid}.0`);
      await this.append(this.events, fileVersionRecord(wallTime));
    }
    await this.append(this.events, scalarsRecord(scalars, { step, wallTime }));
  }

  /** Adds an epoch's numbers to TensorBoard's, by the number of the epoch. */
  appendEpochScalars(epoch: HistoryEpoch): Promise<void> {
    return this.appendScalars(epochScalars(epoch), epoch.epoch);
  }

  /** Lets other processes write into the folder. */
  close(): void {
    this.lock.release();
  }

  /** Adds all of `content` or, where the disk is full, nothing: half a line would spoil the next one. */
  private async append(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const before = await sizeOf(path);
    await this.guard(path, async () => {
      try {
        await this.disk.append(path, bytes);
      } catch (error) {
        await truncate(path, before).catch(() => undefined);
        throw error;
      }
    });
  }

  private async guard(path: string, write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const last = await sizeOf(this.file('last'));
      throw writeError(path, error, last > 0 ? this.path : undefined);
    }
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** That nothing is at `path`. */
export const noRun = (path: string): FileError =>
  new FileError(
    `There is no run ${printable(path)}.`,
    'Name the folder of a run, such as runs/train; `ls runs` lists them.',
  );

/** What could not be written and why; `resumable` is the run that can go on from its last checkpoint. */
function writeError(path: string, error: unknown, resumable?: string): FileError {
  const { code, message } = error as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const why = code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'your quota is used up' : message;
  const kept =
    resumable === undefined
      ? ''
      : `The last good files are untouched: ${isFull ? 'make room' : 'mend that'}, then `;
  return new FileError(
    `${printable(path)} cannot be written: ${why}.`,
    resumable === undefined
      ? `${isFull ? 'Make room there' : 'Mend that'}, or run where there is space.`
      : `${kept}--resume ${printable(resumable)} goes on.`,
  );
}

function checkName(name: string): void {
  const problem =
    name.trim() === ''
      ? 'is empty'
      : /[/\\\0]/.test(name)
        ? 'is a path; a run stands in runs/'
        : name.startsWith('.')
          ? 'begins with a dot, which would hide it'
          : new TextEncoder().encode(name).length > 200
            ? 'is too long for the name of a folder'
            : undefined;
  if (problem)
    throw new UsageError(
      `--name ${printable(JSON.stringify(name))} ${problem}.`,
      'Take a plain name: --name cats.',
    );
}

/** Makes the first of train, train2, … that is not there; making it is what claims it. */
async function makeNext(root: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(root, number === 1 ? 'train' : `train${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
