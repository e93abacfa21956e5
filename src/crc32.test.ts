import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { crc32, crc32c } from './crc32.ts';

/** A bit at a time, as the definition has it. */
function bitwise(bytes: Uint8Array, polynomial: number): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
  }
  return ~crc >>> 0;
}

describe.each([
  ['crc32', crc32, 0xedb88320, 0xcbf43926],
  ['crc32c', crc32c, 0x82f63b78, 0xe3069283],
])('%s', (_, checksum, polynomial, check) => {
  it('gives the check value of the catalogue of CRCs', () => {
    expect(checksum(new TextEncoder().encode('123456789'))).toBe(check);
    expect(checksum(new Uint8Array())).toBe(0);
  });

  it('agrees with its definition at every length and alignment', () => {
    const random = createRandom(3);
    const all = Uint8Array.from({ length: 80 }, () => random.below(256));
    for (let from = 0; from < 9; from++) {
      for (let to = from; to < all.length; to += 3) {
        const part = all.subarray(from, to);
        expect(checksum(part)).toBe(bitwise(part, polynomial));
        const cut = part.length >> 1;
        expect(checksum(part.subarray(cut), checksum(part.subarray(0, cut)))).toBe(checksum(part));
      }
    }
  });
});

describe('crc32c', () => {
  it('is that of the RFC', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });
});
