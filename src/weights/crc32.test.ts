import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { crc32 } from './crc32.ts';
import { bytesOf } from './handmade.ts';

/** A bit at a time, as the definition has it. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe('crc32', () => {
  it('gives the check value of the catalogue of CRCs', () => {
    expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926);
    expect(crc32(bytesOf())).toBe(0);
  });

  it('agrees with its definition at every length and alignment', () => {
    const random = createRandom(3);
    const all = Uint8Array.from({ length: 80 }, () => random.below(256));
    for (let from = 0; from < 9; from++) {
      for (let to = from; to < all.length; to += 3) {
        const part = all.subarray(from, to);
        expect(crc32(part)).toBe(bitwise(part));
      }
    }
  });
});
