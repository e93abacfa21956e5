/**
 * The files in a zip archive that somebody gives: only the directory is read at first, and a file where it is asked for, so that an
 * archive may be far larger than memory. An archive is a stranger's: names that lead out of it, files that overlap, that are more than
 * they say or other than their checksum are refused.
 */
import { printable } from '../../../../src/format.ts';
import {
  DEFLATED,
  DIRECTORY_ENTRY,
  DIRECTORY_LENGTH,
  ENCRYPTED,
  END64_LOCATOR,
  END64_RECORD,
  END64_LENGTH,
  END_LENGTH,
  END_RECORD,
  EXTRA_64,
  LOCAL_HEADER,
  LOCAL_LENGTH,
  LOCATOR_LENGTH,
  LONG_IN_64,
  SHORT_IN_64,
  STORED,
} from './format.ts';
import { checksumOf } from './write.ts';

/** The archive is none, or not one to be trusted. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
}

export interface ZippedFile {
  /** With slashes; it leads nowhere out of the archive. */
  readonly name: string;
  /** As it says, in bytes. */
  readonly size: number;
  /** Its content, which has the size and the checksum that it says. Rejects with `ZipError`. */
  read(): Promise<Blob>;
}

const MOST_FILES = 200_000;
const LARGEST_DIRECTORY = 128 * 2 ** 20;
const LONGEST_COMMENT = 0xffff;

/** Whether a file begins as an archive with at least one file does. */
export async function isZip(file: Blob): Promise<boolean> {
  return file.size >= END_LENGTH && (await viewOf(file, 0, 4)).getUint32(0, true) === LOCAL_HEADER;
}

/** The files in an archive, without folders, in the order of the directory. Throws `ZipError`. */
export async function filesInZip(archive: Blob): Promise<readonly ZippedFile[]> {
  const directory = await findDirectory(archive);
  const entries = readDirectory(
    await viewOf(archive, directory.at, directory.at + directory.size),
    directory,
  );
  const files = entries.filter(({ name }) => !name.endsWith('/'));
  const names = new Set(files.map(({ name }) => name));
  if (names.size < files.length) throw new ZipError('It holds two files of one name.');
  const inOrder = [...files].sort((a, b) => a.at - b.at);
  for (const [i, { at, packed, name }] of inOrder.entries())
    if (at + LOCAL_LENGTH + packed > (inOrder[i + 1]?.at ?? directory.at))
      throw new ZipError(`Its file ${quoted(name)} reaches into what comes after it.`);
  return files.map((entry) => ({ name: entry.name, size: entry.size, read: () => read(archive, entry) }));
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly at: number;
}

async function read(archive: Blob, { name, method, crc, packed, size, at }: Entry): Promise<Blob> {
  const header = await viewOf(archive, at, at + LOCAL_LENGTH);
  if (header.getUint32(0, true) !== LOCAL_HEADER)
    throw new ZipError(`Its file ${quoted(name)} is not where the directory says.`);
  const from = at + LOCAL_LENGTH + header.getUint16(26, true) + header.getUint16(28, true);
  const content = archive.slice(from, from + packed);
  if (content.size !== packed) throw new ZipError(`Its file ${quoted(name)} is cut off.`);
  const found = method === STORED ? content : await inflated(content, size, name);
  if (found.size !== size || (await checksumOf(found)) !== crc)
    throw new ZipError(`Its file ${quoted(name)} is damaged: it differs from its checksum.`);
  return found;
}

/** Unpacks what was compressed, as far as it says it goes and no byte further. */
async function inflated(content: Blob, size: number, name: string): Promise<Blob> {
  const parts: BlobPart[] = [];
  let bytes = 0;
  const reader = content.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      bytes += piece.value.length;
      if (bytes > size) throw new ZipError(`Its file ${quoted(name)} is larger than it says.`);
      parts.push(piece.value);
    }
  } catch (error) {
    if (error instanceof ZipError) throw error;
    throw new ZipError(`Its file ${quoted(name)} cannot be unpacked.`, { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return new Blob(parts);
}

interface Directory {
  readonly at: number;
  readonly size: number;
  readonly count: number;
}

async function findDirectory(archive: Blob): Promise<Directory> {
  const begin = Math.max(0, archive.size - END_LENGTH - LONGEST_COMMENT - LOCATOR_LENGTH);
  const tail = await viewOf(archive, begin, archive.size);
  let end = tail.byteLength - END_LENGTH;
  // The comment's length must lead to the end of the file, or a signature inside the comment would be taken for the record.
  const isEnd = () =>
    tail.getUint32(end, true) === END_RECORD &&
    end + END_LENGTH + tail.getUint16(end + 20, true) === tail.byteLength;
  while (end >= 0 && !isEnd()) end--;
  if (end < 0) throw new ZipError('It is no zip archive, or its end is missing.');
  let directory = {
    count: tail.getUint16(end + 10, true),
    size: tail.getUint32(end + 12, true),
    at: tail.getUint32(end + 16, true),
  };
  if (directory.count === SHORT_IN_64 || directory.size === LONG_IN_64 || directory.at === LONG_IN_64) {
    const locator = end - LOCATOR_LENGTH;
    if (locator < 0 || tail.getUint32(locator, true) !== END64_LOCATOR)
      throw new ZipError('Its 64-bit end record is missing.');
    const at = u64(tail, locator + 8);
    const record = await viewOf(archive, at, at + END64_LENGTH);
    if (record.getUint32(0, true) !== END64_RECORD)
      throw new ZipError('Its 64-bit end record is not where it should be.');
    directory = { count: u64(record, 32), size: u64(record, 40), at: u64(record, 48) };
  }
  if (directory.count > MOST_FILES) throw new ZipError(`It claims to hold ${directory.count} files.`);
  if (directory.size > LARGEST_DIRECTORY || directory.at + directory.size > archive.size)
    throw new ZipError('Its directory lies outside of it.');
  return directory;
}

function readDirectory(view: DataView, { count, at: dataEnd }: Directory): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + DIRECTORY_LENGTH > view.byteLength || view.getUint32(at, true) !== DIRECTORY_ENTRY)
      throw new ZipError('Its directory is damaged.');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    ) as [number, number, number];
    const next = at + DIRECTORY_LENGTH + nameLength + extraLength + commentLength;
    if (next > view.byteLength) throw new ZipError('Its directory is damaged.');
    const name = checkedName(textIn(view, at + DIRECTORY_LENGTH, nameLength));
    if (view.getUint16(at + 8, true) & ENCRYPTED)
      throw new ZipError(`Its file ${quoted(name)} is encrypted.`);
    const method = view.getUint16(at + 10, true);
    if (method !== STORED && method !== DEFLATED)
      throw new ZipError(`Its file ${quoted(name)} is packed in a way that is not known here (${method}).`);
    const extra = extra64(view, at + DIRECTORY_LENGTH + nameLength, extraLength);
    const wide = (field: number) => {
      const value = view.getUint32(at + field, true);
      return value === LONG_IN_64 ? extra() : value;
    };
    const size = wide(24); // in this order, which is that of the 64-bit fields
    const entry = { name, method, crc: view.getUint32(at + 16, true), size, packed: wide(20), at: wide(42) };
    if (entry.at + LOCAL_LENGTH + entry.packed > dataEnd)
      throw new ZipError(`Its file ${quoted(name)} reaches past its end.`);
    if (method === STORED && entry.packed !== size)
      throw new ZipError(`Its file ${quoted(name)} claims two sizes.`);
    entries.push(entry);
    at = next;
  }
  return entries;
}

/** The values of an entry's 64-bit field, one after the other. */
function extra64(view: DataView, from: number, length: number): () => number {
  let at = from;
  const end = from + length;
  while (at + 4 <= end && view.getUint16(at, true) !== EXTRA_64) at += 4 + view.getUint16(at + 2, true);
  let value = at + 4;
  return () => {
    if (value + 8 > end) throw new ZipError('Its directory is damaged: a 64-bit size is missing.');
    value += 8;
    return u64(view, value - 8);
  };
}

/** A name as it is, with slashes. Throws `ZipError` for one that leads out of the archive. */
function checkedName(given: string): string {
  const name = given.replaceAll('\\', '/');
  const parts = name.replace(/\/$/, '').split('/');
  if (name.includes('\0') || /^[a-z]:/i.test(name) || parts.some((part) => ['', '.', '..'].includes(part)))
    throw new ZipError(`It holds a file of the name ${quoted(given)}, which is no path inside of it.`);
  return name;
}

const quoted = (name: string): string => printable(JSON.stringify(name.slice(0, 200)));

const textIn = (view: DataView, at: number, length: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));

function u64(view: DataView, at: number): number {
  const value = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw new ZipError('It claims sizes that no file has.');
  return value;
}

/** These bytes of the archive. Throws `ZipError` where they are not all there. */
async function viewOf(archive: Blob, from: number, to: number): Promise<DataView> {
  if (to > archive.size) throw new ZipError('It is cut off.');
  return new DataView(await archive.slice(from, to).arrayBuffer());
}
