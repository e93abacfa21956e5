// Sequential reading with every length checked: a damaged or hostile file asks for bytes that it does not have, and
// that must end in a message, never in a RangeError from a typed array.
import { GET_AGAIN, WeightsError } from './errors.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * Reads little-endian numbers, bytes and text from `bytes`, one after the other; throws
 * WeightsError at the end of them.
 */
export class ByteCursor {
  private readonly view: DataView;

  /** @param region what the bytes are to the reader of an error message: "data.pkl", "the zip directory" */
  constructor(
    private readonly bytes: Uint8Array,
    readonly source: string,
    readonly region: string,
    public position = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** The next `count` bytes, not copied. */
  take(count: number): Uint8Array {
    const start = this.advance(count);
    return this.bytes.subarray(start, start + count);
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  /** An unsigned 64-bit length or offset. No file holds 2^53 bytes, so a greater number is an error at once. */
  u64(): number {
    const value = this.view.getBigUint64(this.advance(8), true);
    if (value > Number.MAX_SAFE_INTEGER) throw this.error(`a length of ${value} is impossible`);
    return Number(value);
  }

  /** A double in network byte order, as pickles write it. */
  f64BigEndian(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  /** The next `count` bytes as UTF-8. */
  text(count: number): string {
    const text = decodeUtf8(this.take(count));
    if (text === undefined) throw this.error('a text is not valid UTF-8');
    return text;
  }

  /** The text up to the next line feed, which is skipped. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.error('a line does not end');
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  error(problem: string, remedy = GET_AGAIN): WeightsError {
    return new WeightsError(this.source, `${problem} (at byte ${this.position} of ${this.region})`, remedy);
  }

  private advance(count: number): number {
    if (count > this.remaining) {
      throw this.error(`${count} more bytes are needed and only ${this.remaining} are left`);
    }
    const start = this.position;
    this.position += count;
    return start;
  }
}
