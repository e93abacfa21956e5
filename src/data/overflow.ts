// Photos that exceed what memory may hold: decoded and shrunk once, they lie in a scratch file and are read back for the batches that
// show them. Each has a checksum. Where there is no file, it is full or it gives other bytes back, a photo is decoded again, and must
// come out the same: a run that silently went on with other pixels could never be repeated.
import { crc32 } from '../crc32.ts';
import { DataError } from './errors.ts';
import type { Transform } from './resize.ts';
import type { ImageSource } from './source.ts';

/** A file that nobody else sees and that is gone once it is closed. */
export interface ScratchFile {
  /** Rejects where there is no room. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Rejects where there are not so many bytes. */
  read(at: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface OverflowOptions {
  /** Undefined where there is none: photos are then decoded for every batch. */
  readonly scratch: ScratchFile | undefined;
  /** Decodes again. */
  readonly source: ImageSource;
}

/** Lets go of photos that were held. */
export type Release = () => void;

/** What the sets of a run share: the file and how full it is. */
export class Overflow {
  private end = 0;
  private isFull = false;

  constructor(private readonly options: OverflowOptions) {}

  /** A set of equally large photos, all made by the same transform. */
  set(imageBytes: number, transform: Transform): OverflowSet {
    const { scratch, source } = this.options;
    return new OverflowSet(imageBytes, {
      put: (bytes) => this.put(bytes),
      take: (at) => scratch?.read(at, imageBytes).catch(() => undefined),
      decode: (paths) => source.decode(paths, transform),
    });
  }

  /** Where the bytes lie now, or −1 if there is no room. */
  private async put(bytes: Uint8Array): Promise<number> {
    const { scratch } = this.options;
    if (!scratch || this.isFull) return -1;
    try {
      await scratch.write(this.end, bytes);
    } catch {
      this.isFull = true; // the rest is decoded again, which takes longer and is no reason to stop
      return -1;
    }
    this.end += bytes.length;
    return this.end - bytes.length;
  }
}

interface Ports {
  put(bytes: Uint8Array): Promise<number>;
  take(at: number): Promise<Uint8Array | undefined> | undefined;
  decode(paths: readonly string[]): ReturnType<ImageSource['decode']>;
}

interface Held {
  users: number;
  bytes: Uint8Array | undefined;
  /** Settles when the bytes are there. */
  coming: Promise<void>;
}

/** One set of photos that are not in memory. */
export class OverflowSet {
  private readonly paths: string[] = [];
  private readonly checksums: number[] = [];
  private readonly places: number[] = [];
  private readonly held = new Map<number, Held>();

  constructor(
    private readonly imageBytes: number,
    private readonly ports: Ports,
  ) {}

  get count(): number {
    return this.paths.length;
  }

  /** How many of them lie in the file. */
  get stored(): number {
    return this.places.filter((place) => place >= 0).length;
  }

  /** Takes the next photo; its bytes may change afterwards. Throws `RangeError` if its size differs from the others'. */
  async push(path: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length !== this.imageBytes)
      throw new RangeError(`${path} has ${bytes.length} bytes, not ${this.imageBytes}.`);
    const checksum = crc32(bytes);
    this.places.push(await this.ports.put(bytes));
    this.checksums.push(checksum);
    this.paths.push(path);
  }

  /** The bytes of photo `index`; throws `RangeError` unless it is held. */
  image(index: number): Uint8Array {
    const bytes = this.held.get(index)?.bytes;
    if (!bytes) throw new RangeError(`Photo ${index} of those that are not in memory was not asked for.`);
    return bytes;
  }

  /** Brings photos into memory until they are let go. Throws `DataError` for one that has changed. */
  async hold(indices: readonly number[]): Promise<Release> {
    const wanted = [...new Set(indices)];
    const missing = wanted.filter((index) => !this.held.has(index));
    if (missing.length > 0) {
      const coming = Promise.resolve().then(() => this.load(missing));
      coming.catch(() => undefined); // thrown below, to each who waits for it
      for (const index of missing) this.held.set(index, { users: 0, bytes: undefined, coming });
    }
    const entries = wanted.flatMap((index) => this.held.get(index) ?? []);
    for (const entry of entries) entry.users++;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      entries.forEach((entry, i) => {
        const index = wanted[i] ?? -1;
        if (--entry.users === 0 && this.held.get(index) === entry) this.held.delete(index);
      });
    };
    try {
      await Promise.all(entries.map(({ coming }) => coming));
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  private async load(indices: readonly number[]): Promise<void> {
    const again: number[] = [];
    const read = async (index: number) => {
      const place = this.places[index] ?? -1;
      const bytes = place < 0 ? undefined : await this.ports.take(place);
      if (bytes && crc32(bytes) === this.checksums[index]) this.fill(index, bytes);
      else again.push(index);
    };
    await Promise.all(indices.map(read));
    let next = 0;
    for await (const result of this.ports.decode(again.map((index) => this.paths[index] ?? ''))) {
      const index = again[next++] ?? -1;
      if (!result.ok) throw new DataError(changed(result.path, `it ${result.reason}`));
      if (crc32(result.image.data) !== this.checksums[index])
        throw new DataError(changed(result.path, 'it shows something else than before'));
      this.fill(index, result.image.data);
    }
  }

  private fill(index: number, bytes: Uint8Array): void {
    const entry = this.held.get(index);
    if (entry) entry.bytes = bytes;
  }
}

const changed = (path: string, how: string): string =>
  `The photo ${path} has changed while the run went on: ${how}. Put it back as it was, then resume the run.`;
