import { describe, expect, it } from 'vitest';
import { doubleField, encode, field, floatField, message, repeated } from './protobuf.ts';

const hex = (...bytes: number[]) => Uint8Array.from(bytes);

describe('protobuf', () => {
  // The examples of protobuf.dev/programming-guides/encoding.
  it.each([
    ['a number', message(field(1, 150)), hex(0x08, 0x96, 0x01)],
    ['a text', message(field(2, 'testing')), hex(0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67)],
    ['a message in a message', message(field(3, message(field(1, 150)))), hex(0x1a, 0x03, 0x08, 0x96, 0x01)],
    ['repeated numbers', message(repeated(5, [1, 2, 3])), hex(0x28, 1, 0x28, 2, 0x28, 3)],
    ['a float', message(floatField(2, 1)), hex(0x15, 0, 0, 0x80, 0x3f)],
    ['a double', message(doubleField(2, 1)), hex(0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f)],
    ['a key of two bytes', message(field(20, 7)), hex(0xa0, 0x01, 7)],
    ['the empty text', message(field(1, '')), hex(0x0a, 0)],
    ['a number beyond 32 bits', message(field(1, 2 ** 35)), hex(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)],
  ])('writes %s', (_, written, bytes) => {
    expect(encode(written)).toEqual(bytes);
  });

  it('writes bytes as they are, and no negative numbers', () => {
    expect(encode(field(9, hex(1, 2)))).toEqual(hex(0x4a, 2, 1, 2));
    expect(() => field(1, -1)).toThrow(RangeError);
    expect(() => field(1, 0.5)).toThrow(RangeError);
  });
});
