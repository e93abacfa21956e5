// A file that is arriving: `.NAME.part` beside its place, so that a later try can continue it. Two
// processes must not write one part, so a process first renames it to a name of its own, which only one of
// them can, and gives it back when it stops.
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './folders.ts';

/** A part that nobody wrote to for this long was left by a process that was killed: downloads stall for less. */
const ABANDONED_MS = 60_000;
const READ_BYTES = 2 ** 20;

export class PartFile {
  private hash: Hash = createHash('sha256');
  private length = 0;

  private constructor(
    private readonly target: string,
    private readonly name: string,
    private readonly file: FileHandle,
  ) {}

  /** Continues the part of `target` that an earlier try left, or starts one. Rejects with the file system's error. */
  static async claim(target: string): Promise<PartFile> {
    makeFolder(dirname(target));
    const name = `${freePart(target)}.${randomBytes(6).toString('hex')}`;
    for (const left of await leftParts(target)) {
      const claimed = await rename(left, name).then(
        () => true,
        () => false, // another process was faster
      );
      if (claimed) break;
    }
    const part = new PartFile(target, name, await open(name, 'a+'));
    await part.readAgain();
    return part;
  }

  /** How many bytes have arrived. */
  get bytes(): number {
    return this.length;
  }

  /** The SHA-256 of everything that has arrived, in hex. */
  get sha256(): string {
    return this.hash.copy().digest('hex');
  }

  async append(piece: Uint8Array): Promise<void> {
    await this.file.appendFile(piece);
    this.hash.update(piece);
    this.length += piece.length;
  }

  /** Forgets everything that has arrived. */
  async restart(): Promise<void> {
    await this.file.truncate(0);
    this.hash = createHash('sha256');
    this.length = 0;
  }

  /** Gives the file its name; whoever looks there sees the previous file or all of this one. */
  async finish(): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.name, this.target);
  }

  /** Leaves what has arrived for the next try. */
  async giveBack(): Promise<void> {
    if (this.length === 0) return this.drop();
    await this.file.close();
    await rename(this.name, freePart(this.target));
  }

  /** Removes what has arrived. */
  async drop(): Promise<void> {
    await this.file.close();
    await unlink(this.name).catch(() => undefined);
  }

  private async readAgain(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      const { bytesRead } = await this.file.read(buffer, 0, READ_BYTES, this.length);
      if (bytesRead === 0) return;
      this.hash.update(buffer.subarray(0, bytesRead));
      this.length += bytesRead;
    }
  }
}

const freePart = (target: string) => join(dirname(target), `.${basename(target)}.part`);

/** Parts that no process writes to: the one that was given back, and those of processes that were killed. */
async function leftParts(target: string): Promise<string[]> {
  const free = freePart(target);
  const owned = `${basename(free)}.`;
  const names = await readdir(dirname(target));
  const abandoned: string[] = [];
  for (const name of names.filter((name) => name.startsWith(owned))) {
    const path = join(dirname(target), name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) abandoned.push(path);
  }
  return names.includes(basename(free)) ? [free, ...abandoned] : abandoned;
}
