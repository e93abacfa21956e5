/**
 * A run is a folder: its settings, history, best and last model, and what is made of them. Every file is either complete or the
 * one before, whatever stops the program: a killed process, a full disk, a second process.
 */
import { printable } from '../../format.ts';
import { csvHeader, csvRow, jsonlRow, type HistoryEpoch } from '../../report/index.ts';
import { RunError } from '../errors.ts';
import { checkName, makeNext } from './run-name.ts';
import type { RunFiles, RunStore } from './store.ts';

/** The names in a run's folder. */
export const runFiles = {
  config: 'config.json',
  classes: 'classes.json',
  data: 'data.json',
  csv: 'history.csv',
  jsonl: 'history.jsonl',
  best: 'best.safetensors',
  last: 'last.safetensors',
  answers: 'answers.json',
  trainingAnswers: 'training-answers.json',
  familiar: 'familiar.safetensors',
  calibration: 'calibration.json',
  batch: 'batch.png',
  report: 'report.html',
} as const;

export type RunFile = keyof typeof runFiles;

/** The folder of TensorBoard's event files in a run's. */
const TENSORBOARD = 'tensorboard';

/** What a run has before its first checkpoint: alone they are what a killed process left, and no run. */
const BEFORE_TRAINING: readonly string[] = [runFiles.config, runFiles.classes, runFiles.data, runFiles.batch];

/** Whether these names are all that is there of a run that was stopped before its first checkpoint. */
export const hasNotBegun = (names: readonly string[]): boolean =>
  names.every((name) => BEFORE_TRAINING.includes(name));

/** A run's folder while this process, and no other, writes into it. */
export class RunFolder {
  private events: string | undefined;

  private constructor(
    readonly files: RunFiles,
    private readonly writer: RunStore['writer'],
    private readonly isNew: boolean,
  ) {}

  /**
   * Makes and locks a new run: `name`, or the first of `base`, `base`-2, … that is not there. The place of a run that was stopped before its first checkpoint is taken over. Throws `RunError` if `name` is not valid or already holds a run.
   */
  static async create(store: RunStore, name?: string, base?: string): Promise<RunFolder> {
    if (name !== undefined) checkName(name);
    const run = name === undefined ? await makeNext(store, base) : store.place(name);
    if (name !== undefined) await store.make(run);
    const files = await store.lock(run);
    try {
      const there = await files.list();
      if (!hasNotBegun(there))
        throw new RunError(
          `${printable(run)} is not empty: a new run would mix its files with those of another.`,
          { kind: 'taken', run },
        );
      for (const file of there) await files.remove(file);
      return new RunFolder(files, store.writer, true);
    } catch (error) {
      await files.discard();
      throw error;
    }
  }

  /** Locks a run to resume it. Throws `RunError` if it is not there or another process has it. */
  static async open(store: RunStore, run: string): Promise<RunFolder> {
    return new RunFolder(await store.lock(run), store.writer, false);
  }

  /** The run as messages name it. */
  get run(): string {
    return this.files.run;
  }

  /** Whether one of the run's files is there, with something in it. */
  async has(name: RunFile): Promise<boolean> {
    return Number((await this.files.size(runFiles[name])) ?? 0) > 0; // NaN for what is no file
  }

  /** Writes one of the run's files. Throws `RunError` if that fails; the previous file is then still there. */
  write(name: RunFile, content: Uint8Array | string): Promise<void> {
    return this.guard(() => this.files.write(runFiles[name], bytesOf(content)));
  }

  /** Writes a value as JSON for people: one entry per line. */
  writeJson(name: 'config' | 'classes' | 'data', value: unknown): Promise<void> {
    return this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Sets the history to that of the resumed state, which may be older than the last rows written. */
  async rewriteHistory(history: readonly HistoryEpoch[]): Promise<void> {
    await this.write('csv', csvHeader + history.map(csvRow).join(''));
    await this.write('jsonl', history.map(jsonlRow).join(''));
  }

  /** Adds an epoch to both histories. */
  async appendHistory(epoch: HistoryEpoch): Promise<void> {
    const isNew = !(await this.has('csv'));
    await this.append(runFiles.csv, (isNew ? csvHeader : '') + csvRow(epoch));
    await this.append(runFiles.jsonl, jsonlRow(epoch));
  }

  /**
   * Adds an epoch's numbers to this process's TensorBoard file, which the first call makes; `now` in milliseconds since 1970.
   * TensorBoard reads all files of the folder, and a resumed run's later file takes over from its first step on.
   */
  async appendEpochScalars(epoch: HistoryEpoch, now = Date.now()): Promise<void> {
    const records = await import('./event-records.ts');
    const wallTime = now / 1000;
    if (this.events === undefined) {
      const { host, process } = this.writer;
      this.events = `${TENSORBOARD}/${records.eventFileName(wallTime, host)}.${process}.0`;
      await this.append(this.events, records.fileVersionRecord(wallTime));
    }
    const scalars = records.epochScalars(epoch);
    await this.append(this.events, records.scalarsRecord(scalars, { step: epoch.epoch, wallTime }));
  }

  /** Removes what was written of a run that never trained. */
  async removeRecords(): Promise<void> {
    for (const name of BEFORE_TRAINING) await this.files.remove(name);
  }

  /** Lets other processes write into the folder; a new one that holds nothing is removed. */
  close(): Promise<void> {
    return this.isNew ? this.files.discard() : this.files.close();
  }

  private append(name: string, content: Uint8Array | string): Promise<void> {
    return this.guard(() => this.files.append(name, bytesOf(content)));
  }

  /** Adds to a failure to write whether the run can be resumed from a checkpoint. */
  private async guard(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof RunError) || error.problem.kind !== 'cannot-write') throw error;
      const canGoOn = await this.has('last').catch(() => false);
      throw new RunError(error.message, { ...error.problem, canGoOn }, { cause: error });
    }
  }
}

const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;
