/**
 * Reflected 32-bit checksums: CRC-32, of zip and PNG, and CRC-32C, of TensorBoard's files. Eight bytes a
 * step, each through a table of its own ("slicing by 8", Kounavis & Berry 2005), since every byte of a
 * network is checked before it is used.
 */

const SLICES = 8;

/** The CRC-32 of `bytes` (ISO 3309), as an unsigned number; of bytes after others, those having had the checksum `before`. */
export const crc32 = checksum(0xedb88320);

/** The CRC-32C of `bytes` (RFC 3720, Castagnoli's polynomial), as an unsigned number. */
export const crc32c = checksum(0x82f63b78);

/** The checksum by a polynomial whose bits are reversed. */
function checksum(polynomial: number): (bytes: Uint8Array, before?: number) => number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = makeTables(polynomial);
  // Indices below are bytes, so the tables always have them; the assertions cost nothing at run time.
  const at = (table: Uint32Array | undefined, word: number) => (table as Uint32Array)[word & 0xff] as number;
  return (bytes, before = 0) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let crc = ~before;
    let i = 0;
    for (; i + SLICES <= bytes.length; i += SLICES) {
      const low = view.getUint32(i, true) ^ crc;
      const high = view.getUint32(i + 4, true);
      crc =
        at(t7, low) ^
        at(t6, low >>> 8) ^
        at(t5, low >>> 16) ^
        at(t4, low >>> 24) ^
        at(t3, high) ^
        at(t2, high >>> 8) ^
        at(t1, high >>> 16) ^
        at(t0, high >>> 24);
    }
    for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at(t0, crc ^ (bytes[i] as number));
    return ~crc >>> 0;
  };
}

/** Table k holds the CRC of each byte value with k zero bytes after it. */
function makeTables(polynomial: number): readonly Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  const all = [first];
  for (let k = 1; k < SLICES; k++) {
    const before = all[k - 1] as Uint32Array;
    all.push(before.map((crc) => (crc >>> 8) ^ (first[crc & 0xff] as number)));
  }
  return all;
}
