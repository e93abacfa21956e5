/**
 * TensorBoard's event files: a file is a row of TFRecords, each a protobuf `Event`, the first of which names
 * the format. Records are only added, and TensorBoard reads on while a run writes.
 * Formats: tensorflow/core/lib/io/record_writer.h, core/util/event.proto, core/framework/summary.proto.
 */
import { crc32c } from '../crc32.ts';
import { doubleField, encode, field, floatField, message, repeated, type Message } from '../protobuf.ts';
import type { HistoryEpoch } from './history.ts';

/** The name of a new event file, by which TensorBoard finds it: `wallTime` in seconds since 1970. */
export const eventFileName = (wallTime: number, host: string): string =>
  `events.out.tfevents.${Math.floor(wallTime)}.${host.replace(/[^A-Za-z0-9_-]/g, '_') || 'host'}`;

/** The record that every event file begins with. */
export const fileVersionRecord = (wallTime: number): Uint8Array<ArrayBuffer> =>
  record(message(doubleField(1, wallTime), field(3, 'brain.Event:2')));

/**
 * One record with scalars by their tags, such as `train/loss`, at a step counted by the
 * caller; `wallTime` in seconds since
 * 1970. Throws `RangeError` for a step that is not a whole number from 0.
 */
export function scalarsRecord(
  scalars: Readonly<Record<string, number>>,
  { step, wallTime }: { readonly step: number; readonly wallTime: number },
): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RangeError(`A step is a whole number from 0, not ${step}.`);
  const values = Object.entries(scalars).map(([tag, value]) => message(field(1, tag), floatField(2, value)));
  return record(message(doubleField(1, wallTime), field(2, step), field(5, repeated(1, values))));
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
function record(event: Message): Uint8Array<ArrayBuffer> {
  const data = encode(event);
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
