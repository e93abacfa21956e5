/**
 * Zip archives as strangers make them, of photos, runs or projects: the directory is read first, then one entry at a time and nothing that is not asked
 * for, so that an archive may be larger than memory. What an entry unpacks to is never more than it declares, and the sum of that is
 * limited against the archive's size. After PKWARE's APPNOTE 6.3. (The archives of torch.save, all in memory, are read in `weights`.)
 */
import { Inflate } from 'fflate';
import { crc32 } from '../crc32.ts';
import { byteSize } from '../format.ts';
import { DataError, ImageError } from './errors.ts';
import {
  DEFLATED,
  DIRECTORY_ENTRY,
  DIRECTORY_LENGTH,
  ENCRYPTED,
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
} from './zip-format.ts';

/** The bytes of an archive, by ranges. */
export interface ZipSource {
  readonly size: number;
  read(from: number, to: number): Promise<Uint8Array>;
}

export interface ZipEntry {
  /** With '/' between its parts. */
  readonly path: string;
  /** In bytes, unpacked. */
  readonly size: number;
  /** Unpacks it; rejects with `ImageError`, a reason to be read after the path, where it is damaged. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface ZipContents {
  readonly entries: readonly ZipEntry[];
  /** What cannot be unpacked, or must not be. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
}

const LONGEST_COMMENT = 0xffff;
const MOST_DIRECTORY_BYTES = 2 ** 27;
/** Photos hardly shrink; the allowance is for small archives of drawings. */
const MOST_TIMES = 100;
const ALLOWANCE = 2 ** 28;

/** The entries of the archive; folders are passed over. Throws `DataError`, which begins with `name`, unless it is a sound one. */
export async function openZip(source: ZipSource, name: string): Promise<ZipContents> {
  const records = await readDirectory(source, name);
  const leftOut: { path: string; reason: string }[] = [];
  const entries: Listed[] = [];
  const seen = new Set<string>();
  for (const record of records) {
    if (record.path.endsWith('/')) continue;
    const reason = seen.has(record.path) ? 'is in the archive twice' : problemOf(record);
    seen.add(record.path);
    if (reason === undefined) entries.push(record);
    else leftOut.push({ path: record.path, reason });
  }
  checkApart(entries, name);
  const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > Math.max(ALLOWANCE, MOST_TIMES * source.size))
    throw new DataError(
      `${name} of ${byteSize(source.size)} claims to unpack to ${byteSize(unpacked)}, which no photos do. Nothing of it was taken.`,
    );
  return { entries: entries.map((record) => ({ ...record, read: () => unpack(source, record) })), leftOut };
}

interface Listed {
  readonly path: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function problemOf({ path, flags, method, packed, size }: Listed): string | undefined {
  if (/^(\/|[a-z]:)/i.test(path) || path.split('/').includes('..') || path.includes('\0'))
    return 'has a path that leads out of the archive';
  if (flags & ENCRYPTED) return 'is encrypted: unpack the archive with its password first';
  if (method !== STORED && method !== DEFLATED)
    return `is packed by a method (${method}) that is not known here: unpack the archive first`;
  if (method === STORED && packed !== size) return 'is damaged: it claims two sizes';
  return undefined;
}

/** Entries that share bytes unpack to more than there is: such an archive is made to do harm. */
function checkApart(entries: readonly Listed[], name: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach(({ offset, path }, i) => {
    const before = sorted[i - 1];
    if (before && before.offset + LOCAL_LENGTH + before.packed > offset)
      throw new DataError(
        `${name} is damaged: ${path} lies inside of another entry. Nothing of it was taken.`,
      );
  });
}

async function unpack(source: ZipSource, record: Listed): Promise<Uint8Array<ArrayBuffer>> {
  const { offset, packed, size, method, crc } = record;
  const header = viewOf(await source.read(offset, Math.min(source.size, offset + LOCAL_LENGTH)));
  if (header.byteLength < LOCAL_LENGTH || header.getUint32(0, true) !== LOCAL_HEADER)
    throw new ImageError('is damaged: it is not where the archive says');
  const start = offset + LOCAL_LENGTH + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + packed > source.size) throw new ImageError('is cut short: the archive ends before it');
  const bytes = await source.read(start, start + packed);
  const out = method === STORED ? new Uint8Array(bytes) : inflate(bytes, size);
  if (crc32(out) !== crc) throw new ImageError('is damaged: its checksum (CRC-32) is another');
  return out;
}

/** Pieces of this size grow to 64 MiB at the most before the output is measured. */
const PIECE = 2 ** 16;

function inflate(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  let out: Uint8Array<ArrayBuffer>;
  try {
    out = new Uint8Array(size);
  } catch {
    throw new ImageError(`does not fit into memory (${byteSize(size)})`);
  }
  let length = 0;
  const inflator = new Inflate((piece) => {
    if (length + piece.length > size) throw new ImageError('is damaged: it unpacks to more than it says');
    out.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < bytes.length; at += PIECE)
      inflator.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError('is damaged: it cannot be unpacked', { cause: error });
  }
  if (length !== size) throw new ImageError('is damaged: it unpacks to less than it says');
  return out;
}

async function readDirectory(source: ZipSource, name: string): Promise<Listed[]> {
  const damaged = (what: string) =>
    new DataError(
      `${name} is no whole zip archive: ${what}. Copy or pack it once more; nothing of it was taken.`,
    );
  const tailStart = Math.max(0, source.size - END_LENGTH - LONGEST_COMMENT);
  const tail = viewOf(await source.read(tailStart, source.size));
  let at = tail.byteLength - END_LENGTH;
  while (
    at >= 0 &&
    !(
      tail.getUint32(at, true) === END_RECORD &&
      tail.getUint16(at + 20, true) === tail.byteLength - at - END_LENGTH
    )
  )
    at--;
  if (at < 0) throw damaged('it has no directory at its end');
  let [count, length, start] = [
    tail.getUint16(at + 10, true),
    tail.getUint32(at + 12, true),
    tail.getUint32(at + 16, true),
  ];
  if (count === SHORT_IN_64 || length === LONG_IN_64 || start === LONG_IN_64) {
    if (at < LOCATOR_LENGTH || tail.getUint32(at - LOCATOR_LENGTH, true) !== END64_LOCATOR)
      throw damaged('its 64-bit directory is missing');
    const from = Number(tail.getBigUint64(at - 12, true));
    const end = viewOf(
      await source.read(Math.min(from, source.size), Math.min(from + END64_LENGTH, source.size)),
    );
    if (end.byteLength < END64_LENGTH || end.getUint32(0, true) !== END64_RECORD)
      throw damaged('its 64-bit directory is missing');
    [count, length, start] = [32, 40, 48].map((field) => Number(end.getBigUint64(field, true))) as [
      number,
      number,
      number,
    ];
  }
  if (start + length > source.size || length > MOST_DIRECTORY_BYTES)
    throw damaged('its directory lies outside of it');
  const bytes = await source.read(start, start + length);
  try {
    return [...recordsIn(bytes, count)];
  } catch (error) {
    if (error instanceof RangeError) throw damaged('its directory is cut short');
    throw error;
  }
}

/** The directory's records; throws `RangeError` where it ends too soon. */
function* recordsIn(bytes: Uint8Array, count: number): Generator<Listed> {
  const view = viewOf(bytes);
  for (let at = 0, i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new RangeError('no record');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    ) as [number, number, number];
    const flags = view.getUint16(at + 8, true);
    const nameAt = at + DIRECTORY_LENGTH;
    const extraAt = nameAt + nameLength;
    at = extraAt + extraLength + commentLength;
    if (at > bytes.length) throw new RangeError('cut short');
    const from = nameAt - DIRECTORY_LENGTH;
    const long = longSizes(view, extraAt, extraAt + extraLength);
    const size = (field: number) => {
      const value = view.getUint32(from + field, true);
      return value === LONG_IN_64 ? long() : value;
    };
    const path = textOf(bytes.subarray(nameAt, extraAt)).replaceAll('\\', '/');
    // The order of the extra field: the unpacked size, the packed one, the place.
    const unpacked = size(24);
    const packed = size(20);
    const offset = size(42);
    yield {
      path,
      flags,
      method: view.getUint16(from + 10, true),
      crc: view.getUint32(from + 16, true),
      packed,
      size: unpacked,
      offset,
    };
  }
}

/** Gives the 64-bit numbers of an extra field, one after the other. */
function longSizes(view: DataView, from: number, to: number): () => number {
  let at = from;
  while (at + 4 <= to && view.getUint16(at, true) !== EXTRA_64) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  return () => {
    if (at + 8 > to) throw new RangeError('no 64-bit size');
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  };
}

/** Names are UTF-8, whatever their flag says, or in some old code page, whose letters are lost but not the file. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
