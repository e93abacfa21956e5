/**
 * Zip archives of files that are stored as they are, without compression: photos and weights hardly shrink. What is made is a Blob that
 * names its files and copies none, so that an archive may be far larger than memory.
 */
import { crc32 } from '../../../src/crc32.ts';
import {
  DIRECTORY_ENTRY,
  DIRECTORY_LENGTH,
  END64_LENGTH,
  END64_LOCATOR,
  END64_RECORD,
  END_LENGTH,
  END_RECORD,
  EXTRA_64,
  LOCAL_HEADER,
  LOCAL_LENGTH,
  LOCATOR_LENGTH,
  LONG_IN_64,
  SHORT_IN_64,
  STORED,
  UTF8,
} from '../../../src/data/zip-format.ts';

export interface FileToZip {
  /** With slashes, such as `photos/cats/1.jpg`. */
  readonly name: string;
  readonly content: Blob;
}

export interface ZipOptions {
  readonly date?: Date;
  /** Called after each file with the bytes that were read so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Sizes and places from here on are written in 64 bits: below what 32 bits hold only in tests. */
  readonly large?: number;
}

/** The archive of these files, each of which is read once for its checksum. */
export async function zipped(
  files: Iterable<FileToZip> | AsyncIterable<FileToZip>,
  { date = new Date(), onProgress, large = LONG_IN_64 }: ZipOptions = {},
): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let [at, read] = [0, 0];
  for await (const { name, content } of files) {
    const entry: Entry = {
      ...{ name: new TextEncoder().encode(name), size: content.size, at, date },
      crc: await checksumOf(content),
    };
    const header = localHeader(entry, large);
    parts.push(header, content);
    directory.push(directoryEntry(entry, large));
    at += header.length + content.size;
    onProgress?.((read += content.size));
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  return new Blob([...parts, ...directory, ...endRecords({ count: directory.length, size, at }, large)], {
    type: 'application/zip',
  });
}

/** The CRC-32 of a file, of which a piece at a time is in memory. */
async function checksumOf(content: Blob): Promise<number> {
  let crc = 0;
  for (let from = 0; from < content.size; from += PIECE)
    crc = crc32(new Uint8Array(await content.slice(from, from + PIECE).arrayBuffer()), crc);
  return crc;
}

const PIECE = 4 * 2 ** 20;

interface Entry {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
  /** Where its local header begins. */
  readonly at: number;
  readonly date: Date;
}

function localHeader({ name, size, crc, date }: Entry, large: number): Uint8Array<ArrayBuffer> {
  const extra = size >= large ? extra64([size, size]) : NO_EXTRA;
  const shown = size >= large ? LONG_IN_64 : size;
  const fields = fieldsOf(LOCAL_LENGTH + name.length + extra.length);
  fields.u32(LOCAL_HEADER).u16(extra.length > 0 ? VERSION_64 : VERSION);
  fields.u16(UTF8).u16(STORED).date(date).u32(crc).u32(shown).u32(shown);
  return fields.u16(name.length).u16(extra.length).bytes(name).bytes(extra).done();
}

function directoryEntry({ name, size, crc, at, date }: Entry, large: number): Uint8Array<ArrayBuffer> {
  const isSize64 = size >= large;
  const isPlace64 = at >= large;
  const wide = [...(isSize64 ? [size, size] : []), ...(isPlace64 ? [at] : [])];
  const extra = wide.length > 0 ? extra64(wide) : NO_EXTRA;
  const shown = isSize64 ? LONG_IN_64 : size;
  const fields = fieldsOf(DIRECTORY_LENGTH + name.length + extra.length);
  const version = extra.length > 0 ? VERSION_64 : VERSION;
  fields.u32(DIRECTORY_ENTRY).u16(version).u16(version);
  fields.u16(UTF8).u16(STORED).date(date).u32(crc).u32(shown).u32(shown);
  fields.u16(name.length).u16(extra.length).u16(0).u16(0).u16(0).u32(0); // no comment, first disk, attributes
  return fields
    .u32(isPlace64 ? LONG_IN_64 : at)
    .bytes(name)
    .bytes(extra)
    .done();
}

interface Directory {
  readonly count: number;
  readonly size: number;
  /** Where it begins. */
  readonly at: number;
}

function endRecords({ count, size, at }: Directory, large: number): Uint8Array<ArrayBuffer>[] {
  const is64 = count >= SHORT_IN_64 || size >= large || at >= large;
  const end = fieldsOf(END_LENGTH).u32(END_RECORD).u32(0); // one disk
  const short = is64 ? SHORT_IN_64 : count;
  end
    .u16(short)
    .u16(short)
    .u32(is64 ? LONG_IN_64 : size)
    .u32(is64 ? LONG_IN_64 : at)
    .u16(0);
  if (!is64) return [end.done()];
  const end64 = fieldsOf(END64_LENGTH)
    .u32(END64_RECORD)
    .u64(END64_LENGTH - 12);
  end64.u16(VERSION_64).u16(VERSION_64).u32(0).u32(0).u64(count).u64(count).u64(size).u64(at);
  const locator = fieldsOf(LOCATOR_LENGTH)
    .u32(END64_LOCATOR)
    .u32(0)
    .u64(at + size)
    .u32(1);
  return [end64.done(), locator.done(), end.done()];
}

/** What a reader has to know: folders, or sizes of 64 bits. */
const VERSION = 20;
const VERSION_64 = 45;
const NO_EXTRA = new Uint8Array(0);

function extra64(values: readonly number[]): Uint8Array {
  const fields = fieldsOf(4 + 8 * values.length)
    .u16(EXTRA_64)
    .u16(8 * values.length);
  for (const value of values) fields.u64(value);
  return fields.done();
}

/** A record of little-endian fields, written from its beginning. */
class Fields {
  private readonly array: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private at = 0;

  constructor(length: number) {
    this.array = new Uint8Array(length);
    this.view = new DataView(this.array.buffer);
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value, true);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  u64(value: number): this {
    return this.u32(value % 2 ** 32).u32(Math.floor(value / 2 ** 32));
  }

  /** In the way of DOS: steps of two seconds from 1980 on. */
  date(date: Date): this {
    const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
    const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
    return this.u16(time).u16(day);
  }

  bytes(bytes: Uint8Array): this {
    this.array.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.array;
  }
}

const fieldsOf = (length: number) => new Fields(length);
