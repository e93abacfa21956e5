/**
 * Photos come in: read, looked at, written, a few at a time, so that memory does not grow with their number. A file that fails costs
 * itself alone; a full disk ends the work, with what is in kept. The index is written every moment, so that a tab that is killed loses
 * no more than that.
 */
import { byteSize, count, messageOf, plural } from '../../../../src/format.ts';
import { OpfsError } from '../../../../src/platform/web/opfs.ts';
import type { AddReport, Duplicate, LeftOut, PhotosEvent, PickedPhoto } from './photo-set.ts';
import type { PhotoStore } from '../photo-store.ts';
import type { StoredPhoto } from './index-file.ts';
import { incoming, type Incoming } from './incoming.ts';
import { IntakePool } from './intake-pool.ts';

/** How often the index is written and the page told, in milliseconds. */
const KEEP_MS = 1000;
const TELL_MS = 250;
/** So many files that fail to be written in a row are the storage's fault. */
const MOST_FAILURES = 20;
/** What of long lists is told. */
const MOST_TOLD = 1000;

export interface AddOptions {
  /** The name of the class that takes all. */
  readonly into?: string | undefined;
  readonly signal: AbortSignal;
  /** Whether the store may still be written: another project may have been opened. */
  readonly isOpen: () => boolean;
  readonly startWorker: () => Worker;
  readonly tell: (event: PhotosEvent) => void;
}

/** Adds what was picked to the store. Throws `OpfsError` where the storage is gone. */
export async function addPhotos(
  store: PhotoStore,
  picked: readonly PickedPhoto[],
  options: AddOptions,
): Promise<AddReport> {
  const job = new Job(store, options);
  const photos = await incoming(picked, options.into, (file) => job.leaveOut(file));
  return job.run(photos);
}

class Job {
  private readonly leftOut: LeftOut[] = [];
  private readonly leftOutBy = new Map<string, number>();
  private readonly duplicates: Duplicate[] = [];
  private duplicateCount = 0;
  private leftOutCount = 0;
  private added = 0;
  private done = 0;
  private total = 0;
  private failures = 0;
  private stopped: AddReport['stopped'];
  /** The error for which everything ends. */
  private error: unknown;
  /** Photos that stand in no written index yet. */
  private unkept: StoredPhoto[] = [];
  private keptAt = performance.now();
  private toldAt = 0;
  private keeping: Promise<void> | undefined;
  /** Photos are stored in the order in which they came, whoever looked at them first: of two copies the first is kept. */
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: PhotoStore,
    private readonly options: AddOptions,
  ) {}

  async run(photos: readonly Incoming[]): Promise<AddReport> {
    const pool = new IntakePool(this.options.startWorker);
    this.total = photos.length;
    const rest = photos.values();
    const lane = async () => {
      for (const photo of rest) {
        if (this.isOver()) return;
        const before = this.turn;
        let done = () => undefined as void;
        this.turn = new Promise((resolve) => (done = resolve));
        try {
          await this.take(photo, pool, before);
        } finally {
          void before.then(done);
        }
        this.done++;
        await this.tick();
      }
    };
    try {
      // One more than there are workers: while they look, the next is read and the last is written.
      await Promise.all(Array.from({ length: pool.size }, lane));
    } finally {
      pool.close();
    }
    await this.keeping;
    if (this.options.isOpen()) await this.keep();
    if (this.error) throw this.error;
    return this.report();
  }

  leaveOut({ path, reason }: LeftOut): void {
    this.leftOutCount++;
    if (this.leftOut.length < MOST_TOLD) this.leftOut.push({ path, reason });
    // Without numbers and sizes, which differ from file to file.
    const kind = reason.split(/[:(]/)[0]?.trim() ?? reason;
    const ending = /\.\w+$/.exec(path)?.[0].toLowerCase() ?? 'no ending';
    const by = `${ending} ${kind}`;
    this.leftOutBy.set(by, (this.leftOutBy.get(by) ?? 0) + 1);
  }

  private isOver(): boolean {
    if (this.options.signal.aborted || !this.options.isOpen())
      this.stopped ??= { why: 'cancelled', message: this.soFar('Stopped') };
    return this.stopped !== undefined || this.error !== undefined;
  }

  private async take(photo: Incoming, pool: IntakePool, before: Promise<void>): Promise<void> {
    const { path, name, className, part } = photo;
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await photo.read();
    } catch (error) {
      return this.leaveOut({ path, reason: messageOf(error) });
    }
    const seen = await pool.look(bytes);
    if ('reason' in seen) return this.leaveOut({ path, reason: seen.reason });
    await before;
    if (this.isOver()) return;
    const { sha256, thumbnail } = seen.looked;
    const { collection } = this.store;
    const known = collection.same(sha256).find(({ id }) => collection.classOf(id)?.name === className);
    if (known) return this.tellDuplicate({ path, same: known.name });
    try {
      const into = collection.makeClass(className);
      this.unkept.push(await this.store.add({ name, sha256, part, bytes: seen.bytes, thumbnail }, into));
      this.added++;
      this.failures = 0;
    } catch (error) {
      await this.failed(path, error);
    }
  }

  private tellDuplicate(duplicate: Duplicate): void {
    this.duplicateCount++;
    if (this.duplicates.length < MOST_TOLD) this.duplicates.push(duplicate);
  }

  private async failed(path: string, error: unknown): Promise<void> {
    const problem = error instanceof OpfsError ? error.problem : undefined;
    if (problem === 'full') return this.full();
    if (problem === 'gone' || problem === 'unavailable' || ++this.failures >= MOST_FAILURES)
      this.error ??= error;
    this.leaveOut({ path, reason: `cannot be stored: ${messageOf(error)}` });
  }

  private async full(): Promise<void> {
    if (this.stopped) return;
    this.stopped = { why: 'full', message: '' };
    const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    const space =
      usage === undefined || quota === undefined
        ? 'The browser gives this site no more space.'
        : `The browser gives this site ${byteSize(quota)}, of which ${byteSize(Math.max(0, quota - usage))} are free.`;
    this.stopped = {
      why: 'full',
      message:
        `There is no room for more photos. ${this.soFar('Stopped')} ${space} ` +
        'Free space on the disk, or remove projects or photos that are not needed; then drop the same photos again: those that are in are passed over.',
    };
  }

  private soFar(what: string): string {
    return `${what} with ${count(this.added)} of ${plural(this.total, 'photo')} added.`;
  }

  private async tick(): Promise<void> {
    const now = performance.now();
    if (now - this.toldAt >= TELL_MS) {
      this.toldAt = now;
      this.options.tell({ kind: 'adding', done: this.done, total: this.total, set: this.store.set });
    }
    if (now - this.keptAt >= KEEP_MS && this.options.isOpen()) await this.keepInTurn();
  }

  private keepInTurn(): Promise<void> {
    this.keptAt = performance.now();
    return (this.keeping ??= this.keep().finally(() => {
      this.keeping = undefined;
      this.keptAt = performance.now();
    }));
  }

  /** Writes the index; where there is no room for it, photos that came last make it. */
  private async keep(): Promise<void> {
    for (let giveUp = 1; ; giveUp *= 2) {
      const written = this.unkept.length;
      try {
        await this.store.keep();
        this.unkept = this.unkept.slice(written);
        return;
      } catch (error) {
        const last = this.unkept.splice(-giveUp);
        if (!(error instanceof OpfsError) || error.problem !== 'full' || last.length === 0) {
          this.error ??= error;
          return;
        }
        await this.store.discard(last);
        this.added -= last.length;
        await this.full();
      }
    }
  }

  private report(): AddReport {
    return {
      added: this.added,
      total: this.total,
      stopped: this.stopped,
      leftOut: this.leftOut,
      leftOutCount: this.leftOutCount,
      leftOutBy: [...this.leftOutBy].sort(([, a], [, b]) => b - a).map(([what, count]) => ({ what, count })),
      duplicates: this.duplicates,
      duplicateCount: this.duplicateCount,
    };
  }
}
