/**
 * Just enough of zip to find the entries of a torch.save archive in place. torch.save stores without compression, so
 * an entry is a range of the file and 46 MB of weights are never copied; anything compressed is refused, which
 * leaves no room for bombs. Layout after PKWARE's APPNOTE 6.3: entries, then the directory, then its end record,
 * with 64-bit twins of both where needed.
 */
import { crc32 } from '../crc32.ts';
import { ByteCursor } from './cursor.ts';
import { GET_AGAIN, WeightsError, quote } from './errors.ts';

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_RECORD = 0x06054b50;
const END64_RECORD = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const END_RECORD_LENGTH = 22;
/** A network has an entry for each tensor, some hundreds; a Map would end at 2^24. */
const MOST_ENTRIES = 1_000_000;
const LONGEST_COMMENT = 0xffff;
/** The value of a 16- or 32-bit field whose real value stands in a 64-bit twin. */
const IN_ZIP64 = { short: 0xffff, long: 0xffffffff };

/**
 * The entries of a zip archive by name, as views of `bytes` in the directory's order. A CRC of 0 is taken for none,
 * since PyTorch can be told to write none (torch.serialization.set_crc32_options).
 *
 * Throws WeightsError if an entry is compressed, encrypted, doubled, overlaps another, lies about its place or has
 * other bytes than its CRC says.
 */
export function readStoredZip(bytes: Uint8Array, source: string): Map<string, Uint8Array> {
  const entries = locateEntries(bytes, source);
  // Only now are they read: no byte stands in two of them, so that all checksums take one pass over the file.
  checkApart([...entries.values()], source);
  return new Map(Array.from(entries, ([name, entry]) => [name, checkedData(bytes, entry, source)]));
}

/** An entry's place in the file: its local header begins at `from`, its data are the bytes of [data, to). */
interface LocatedEntry {
  readonly name: string;
  readonly crc: number;
  readonly from: number;
  readonly data: number;
  readonly to: number;
}

/** The entries by name, in the directory's order, each inside of the archive. */
function locateEntries(bytes: Uint8Array, source: string): Map<string, LocatedEntry> {
  const directory = locateDirectory(bytes, source);
  const cursor = new ByteCursor(
    bytes.subarray(0, directory.end),
    source,
    'the zip directory',
    directory.start,
  );
  if (directory.count > MOST_ENTRIES) throw cursor.error(`it claims ${directory.count} entries`);
  const entries = new Map<string, LocatedEntry>();
  for (let i = 0; i < directory.count; i++) {
    const entry = readDirectoryEntry(cursor);
    const { name, crc, offset } = entry;
    if (entries.has(name)) {
      throw new WeightsError(source, `the archive holds ${quote(name)} twice`, GET_AGAIN);
    }
    const data = dataStart(bytes, entry, directory.start, source);
    const to = data + entry.size;
    if (to > directory.start) throw cursor.error(`entry ${quote(name)} reaches past the archive's data`);
    entries.set(name, { name, crc, from: offset, data, to });
  }
  return entries;
}

function checkApart(entries: LocatedEntry[], source: string): void {
  entries.sort((a, b) => a.from - b.from);
  entries.forEach(({ name, from }, i) => {
    const before = entries[i - 1];
    if (!before || before.to <= from) return;
    throw new WeightsError(
      source,
      `entries ${quote(before.name)} and ${quote(name)} of the archive overlap`,
      GET_AGAIN,
    );
  });
}

function checkedData(bytes: Uint8Array, { name, crc, data, to }: LocatedEntry, source: string): Uint8Array {
  const found = bytes.subarray(data, to);
  if (crc === 0 || crc32(found) === crc) return found;
  throw new WeightsError(
    source,
    `the bytes of ${quote(name)} differ from their checksum (CRC-32)`,
    GET_AGAIN,
  );
}

interface Directory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

function locateDirectory(bytes: Uint8Array, source: string): Directory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lowest = Math.max(0, bytes.length - END_RECORD_LENGTH - LONGEST_COMMENT);
  let at = bytes.length - END_RECORD_LENGTH;
  // The comment's length must lead to the end of the file, or a signature inside the comment
  // would be taken for the record.
  const isEndRecord = () =>
    view.getUint32(at, true) === END_RECORD &&
    at + END_RECORD_LENGTH + view.getUint16(at + 20, true) === bytes.length;
  while (at >= lowest && !isEndRecord()) at--;
  if (at < lowest) {
    throw new WeightsError(
      source,
      `the zip archive has no directory at the end of its ${bytes.length} bytes`,
      GET_AGAIN,
    );
  }

  const cursor = new ByteCursor(bytes, source, "the zip archive's end record", at + 10);
  let count = cursor.u16();
  let size = cursor.u32();
  let start = cursor.u32();
  if (count === IN_ZIP64.short || size === IN_ZIP64.long || start === IN_ZIP64.long) {
    cursor.position = Math.max(0, at - 20);
    if (cursor.u32() !== END64_LOCATOR) throw cursor.error('the 64-bit end record is missing');
    cursor.position += 4;
    const record = cursor.u64();
    if (record > at) throw cursor.error('the 64-bit end record lies outside the file');
    cursor.position = record;
    if (cursor.u32() !== END64_RECORD) throw cursor.error('the 64-bit end record is not where it should be');
    cursor.position = record + 32;
    count = cursor.u64();
    size = cursor.u64();
    start = cursor.u64();
  }
  if (start + size > at) throw cursor.error('the directory lies outside the file');
  return { start, end: start + size, count };
}

interface DirectoryEntry {
  readonly name: string;
  readonly size: number;
  /** 0 where the writer computed none. */
  readonly crc: number;
  /** Where the entry's local header begins. */
  readonly offset: number;
}

function readDirectoryEntry(cursor: ByteCursor): DirectoryEntry {
  if (cursor.u32() !== DIRECTORY_ENTRY)
    throw cursor.error('an entry of the directory does not begin with its signature');
  cursor.position += 4; // versions
  const flags = cursor.u16();
  const method = cursor.u16();
  cursor.position += 4; // time, date
  const crc = cursor.u32();
  let packedSize = cursor.u32();
  let size = cursor.u32();
  const nameLength = cursor.u16();
  const extraLength = cursor.u16();
  const commentLength = cursor.u16();
  cursor.position += 8; // disk, attributes
  let offset = cursor.u32();
  const name = cursor.text(nameLength);
  const extra = new ByteCursor(cursor.take(extraLength), cursor.source, `the extra field of ${quote(name)}`);
  cursor.take(commentLength);

  if (size === IN_ZIP64.long || packedSize === IN_ZIP64.long || offset === IN_ZIP64.long) {
    seekZip64(extra);
    if (size === IN_ZIP64.long) size = extra.u64();
    if (packedSize === IN_ZIP64.long) packedSize = extra.u64();
    if (offset === IN_ZIP64.long) offset = extra.u64();
  }
  if (method !== 0 || flags & 1) {
    const state = method === 0 ? 'encrypted' : 'compressed';
    throw cursor.error(
      `entry ${quote(name)} is ${state}, which torch.save never does`,
      'Unpack the archive, or save the weights again with torch.save or as safetensors',
    );
  }
  if (packedSize !== size)
    throw cursor.error(`entry ${quote(name)} is stored and claims both ${packedSize} and ${size} bytes`);
  return { name, size, crc, offset };
}

/** Extra fields are (id, length, content); the one with id 1 holds the 64-bit sizes. */
function seekZip64(extra: ByteCursor): void {
  for (;;) {
    const id = extra.u16();
    const length = extra.u16();
    if (id === 1) return;
    extra.take(length);
  }
}

/**
 * The local header repeats the name and has an extra field of its own, which PyTorch uses
 * to align the data to 64 bytes.
 */
function dataStart(bytes: Uint8Array, entry: DirectoryEntry, dataEnd: number, source: string): number {
  const cursor = new ByteCursor(bytes.subarray(0, dataEnd), source, `the header of ${quote(entry.name)}`);
  if (entry.offset > dataEnd) throw cursor.error('it lies outside the file');
  cursor.position = entry.offset;
  if (cursor.u32() !== LOCAL_HEADER) throw cursor.error('it is not where the directory says');
  cursor.position += 22;
  const nameLength = cursor.u16();
  const extraLength = cursor.u16();
  if (cursor.text(nameLength) !== entry.name)
    throw cursor.error('its name differs from the one in the directory');
  cursor.take(extraLength);
  return cursor.position;
}
