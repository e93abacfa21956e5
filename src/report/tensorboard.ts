/**
 * TensorBoard's event files, written by hand: a file is a row of TFRecords, each a protobuf `Event`, the first of which names
 * the format. Records are only added, and TensorBoard reads on while a run writes.
 * Formats: tensorflow/core/lib/io/record_writer.h, core/util/event.proto, core/framework/summary.proto.
 */
import type { HistoryEpoch } from './history.ts';

/** The name of a new event file, by which TensorBoard finds it: `wallTime` in seconds since 1970. */
export const eventFileName = (wallTime: number, host: string): string =>
  `events.out.tfevents.${Math.floor(wallTime)}.${host.replace(/[^A-Za-z0-9_-]/g, '_') || 'host'}`;

/** The record that every event file begins with. */
export const fileVersionRecord = (wallTime: number): Uint8Array<ArrayBuffer> =>
  record(concat([doubleField(1, wallTime), textField(3, 'brain.Event:2')]));

/**
 * One record with scalars by their tags, such as `train/loss`, at a step counted by the caller; `wallTime` in seconds since
 * 1970. Throws `RangeError` for a step that is not a whole number from 0.
 */
export function scalarsRecord(
  scalars: Readonly<Record<string, number>>,
  { step, wallTime }: { readonly step: number; readonly wallTime: number },
): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RangeError(`A step is a whole number from 0, not ${step}.`);
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, concat([textField(1, tag), floatField(2, value)])),
  );
  return record(concat([doubleField(1, wallTime), varintField(2, step), bytesField(5, concat(values))]));
}

/** An epoch's numbers under the tags that this project writes. */
export const epochScalars = (epoch: HistoryEpoch): Record<string, number> => ({
  'train/loss': epoch.train.loss,
  'train/accuracy': epoch.train.accuracy,
  'val/loss': epoch.valid.loss,
  'val/accuracy': epoch.valid.accuracy,
  lr: epoch.learningRate,
  'speed/images_per_second': epoch.imagesPerSecond,
});

/** TFRecord: uint64 length, masked CRC of those 8 bytes, the data, masked CRC of the data; little-endian. */
function record(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return out;
}

/** Masked because the CRC of bytes that hold their own CRC is degenerate (core/lib/hash/crc32c.h). */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, reversed. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C of RFC 3720, as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Protobuf's wire types. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value; // divided, not shifted: shifts end at 32 bits
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out.push((rest % 0x80) | 0x80);
  out.push(rest);
  return Uint8Array.from(out);
}

const key = (field: number, wireType: number) => varint(field * 8 + wireType);
const varintField = (field: number, value: number) => concat([key(field, VARINT), varint(value)]);
const bytesField = (field: number, bytes: Uint8Array) =>
  concat([key(field, BYTES), varint(bytes.length), bytes]);
const textField = (field: number, text: string) => bytesField(field, new TextEncoder().encode(text));

function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat([key(field, FIXED64), bytes]);
}

function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat([key(field, FIXED32), bytes]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
