/** Reads Protocol Buffers for tests, knowing the wire format's fields and nothing of how they were written. */

export interface Field {
  readonly field: number;
  readonly wireType: number;
  /** The value: a varint's own bytes, four or eight of a number, or what a length stood before. */
  readonly bytes: Uint8Array;
}

/** The fields of a message in their order. Throws where it ends within one. */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    const start = at;
    while ((message[at] ?? 0) >= 0x80) at++;
    at += 1;
    if (at > message.length) throw new Error('a varint ends early');
    return message.subarray(start, at);
  };
  while (at < message.length) {
    const key = Number(unsigned(varint()));
    const wireType = key & 7;
    let bytes: Uint8Array;
    if (wireType === 0) bytes = varint();
    else {
      const length = wireType === 1 ? 8 : wireType === 5 ? 4 : Number(unsigned(varint()));
      if (at + length > message.length) throw new Error('a field ends early');
      bytes = message.subarray(at, (at += length));
    }
    fields.push({ field: key >> 3, wireType, bytes });
  }
  return fields;
}

/** The numbers of varints that follow one another, as int64 writes them. */
export function varints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let start = 0;
  bytes.forEach((byte, at) => {
    if (byte >= 0x80) return;
    numbers.push(Number(BigInt.asIntN(64, unsigned(bytes.subarray(start, at + 1)))));
    start = at + 1;
  });
  return numbers;
}

export const viewOf = ({ bytes }: Field): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const text = ({ bytes }: Field): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

const unsigned = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n);
