// Reads the records back with a reader of its own, which knows the format's fields and
// nothing of how they were written.
import { describe, expect, it } from 'vitest';
import { readFields, text, viewOf, type Field } from '../../test/support/protobuf.ts';
import { eventFileName, fileVersionRecord, scalarsRecord } from './tensorboard.ts';

/** The payloads of a file of TFRecords; throws if a length or a checksum is wrong. Checksums go bit by bit. */
function readRecords(file: Uint8Array): Uint8Array[] {
  const checksum = (bytes: Uint8Array) => {
    let crc = 0xffffffffn;
    for (const byte of bytes) {
      crc ^= BigInt(byte);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
    }
    crc ^= 0xffffffffn;
    return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
  };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at < file.length) {
    const length = Number(view.getBigUint64(at, true));
    if (view.getUint32(at + 8, true) !== checksum(file.subarray(at, at + 8)))
      throw new Error('checksum of a length');
    const data = file.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 12 + length, true) !== checksum(data)) throw new Error('checksum of data');
    records.push(data);
    at += length + 16;
  }
  return records;
}

const only = (fields: Field[], field: number) => {
  const [found, ...more] = fields.filter((f) => f.field === field);
  if (!found || more.length > 0) throw new Error(`field ${field} is not there once`);
  return found;
};

describe('event files', () => {
  it('begin with the version', () => {
    const [event = new Uint8Array()] = readRecords(fileVersionRecord(1700000000.25));
    const fields = readFields(event);
    expect(viewOf(only(fields, 1)).getFloat64(0, true)).toBe(1700000000.25);
    expect(text(only(fields, 3))).toBe('brain.Event:2');
  });

  it('hold scalars by tag, step and time', () => {
    const file = [
      ...fileVersionRecord(1),
      ...scalarsRecord(
        { 'train/loss': 0.5, 'val/äccuracy': 0.1, lr: NaN },
        { step: 5_000_000_000, wallTime: 2.5 },
      ),
    ];
    const [, event = new Uint8Array(), ...more] = readRecords(Uint8Array.from(file));
    expect(more).toEqual([]);
    const fields = readFields(event);
    expect(fields.map(({ field, wireType }) => [field, wireType])).toEqual([
      [1, 1],
      [2, 0],
      [5, 2],
    ]);
    expect([...only(fields, 2).bytes]).toEqual([0x80, 0xe4, 0x97, 0xd0, 0x12]); // 5e9 as a varint
    const values = readFields(only(fields, 5).bytes).map(({ bytes }) => {
      const value = readFields(bytes);
      return [text(only(value, 1)), viewOf(only(value, 2)).getFloat32(0, true)];
    });
    expect(values).toEqual([
      ['train/loss', 0.5],
      ['val/äccuracy', Math.fround(0.1)],
      ['lr', NaN],
    ]);
  });

  it('refuse a step that TensorBoard could not place', () => {
    expect(() => scalarsRecord({}, { step: -1, wallTime: 0 })).toThrow(RangeError);
    expect(() => scalarsRecord({}, { step: 1.5, wallTime: 0 })).toThrow(RangeError);
  });

  it('are found by their name', () => {
    expect(eventFileName(1700000000.9, 'a/b.c')).toBe('events.out.tfevents.1700000000.a_b_c');
  });
});
