/**
 * Protocol Buffers' wire format, as far as ONNX and TensorBoard need it (protobuf.dev/programming-guides/encoding): a
 * message is a list of fields, each a key and a value. Messages are kept as lists of pieces and joined once at the end,
 * so that weights are copied once.
 */
import { concat } from './bytes.ts';

export interface Message {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

/** The values that a field may have: text, bytes, a message within it, a whole number. */
type Value = string | Uint8Array | Message | number;

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const utf8 = new TextEncoder();

/** A message of these fields, in this order; a field that is `undefined` is left out. */
export function message(...fields: readonly (Message | undefined)[]): Message {
  const pieces = fields.flatMap((field) => field?.pieces ?? []);
  return { pieces, length: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

/** Field `id` with a text, bytes, a message, or a number of at least 0 (int32, int64, enum). */
export function field(id: number, value: Value): Message {
  if (typeof value === 'number') return raw(key(id, WIRE.varint), varint(value));
  const content = typeof value === 'string' ? utf8.encode(value) : value;
  const { pieces, length } =
    content instanceof Uint8Array ? { pieces: [content], length: content.length } : content;
  return raw(key(id, WIRE.bytes), varint(length), ...pieces);
}

/** Field `id` with a `float`. */
export function floatField(id: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return raw(key(id, WIRE.fixed32), bytes);
}

/** Field `id` with a `double`. */
export function doubleField(id: number, value: number): Message {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return raw(key(id, WIRE.fixed64), bytes);
}

/** Field `id` once for each value, as proto2 writes repeated fields. */
export const repeated = (id: number, values: readonly Value[]): Message =>
  message(...values.map((value) => field(id, value)));

/** The message's bytes in one array. */
export const encode = ({ pieces }: Message): Uint8Array<ArrayBuffer> => concat(pieces);

function raw(...pieces: readonly Uint8Array[]): Message {
  return { pieces, length: pieces.reduce((sum, piece) => sum + piece.length, 0) };
}

const key = (id: number, wire: number) => varint(id * 8 + wire);

/** Seven bits per byte, the lowest first; the eighth says that more follow. */
function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count.`);
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
