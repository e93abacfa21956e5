import { describe, expect, it } from 'vitest';
import { crc32 } from '../crc32.ts';
import { WeightsError } from './errors.ts';
import { bytesOf, little, zipFile, type ZipEntry } from './handmade.ts';
import { isZip } from './archives.ts';
import { readStoredZip } from './zip.ts';

const a: ZipEntry = { name: 'x/a', data: bytesOf(1, 2, 3), padding: 61 };
const b: ZipEntry = { name: 'x/b', data: bytesOf() };
const c: ZipEntry = { name: 'x/c', data: bytesOf(9) };

describe('readStoredZip', () => {
  it.each([
    ['plain', {}],
    ['with every number in 64-bit fields', { zip64: true }],
    ['with a comment that holds the end record’s mark', { comment: 'PK\x05\x06 and 18 more bytes' }],
  ])('finds entries in place: %s', (_, options) => {
    const file = zipFile([a, b], options);
    const entries = readStoredZip(file, 'f');
    expect(isZip(file)).toBe(true);
    expect(Array.from(entries)).toEqual([
      ['x/a', a.data],
      ['x/b', b.data],
    ]);
    expect(entries.get('x/a')?.buffer).toBe(file.buffer);
  });

  it('works on a part of a larger buffer', () => {
    const file = zipFile([a]);
    const shifted = bytesOf(0, 0, 0, file).subarray(3);
    expect(readStoredZip(shifted, 'f').get('x/a')).toEqual(a.data);
  });

  it('checks CRCs that are there', () => {
    const crc = crc32(a.data);
    expect(readStoredZip(zipFile([{ ...a, crc }]), 'f').get('x/a')).toEqual(a.data);
    const file = zipFile([{ ...a, crc }, c]);
    file[file.indexOf(1, 30 + 'x/a'.length + 4 + 61)] = 7; // the first byte of a's data, behind its header
    expect(() => readStoredZip(file, 'f')).toThrow(
      'f: the bytes of "x/a" differ from their checksum (CRC-32)',
    );
  });

  const with64 = zipFile([a], { zip64: true });
  const locator = with64.length - 22 - 20;
  const patched = (file: Uint8Array, at: number, bytes: Uint8Array) => {
    const copy = file.slice();
    copy.set(bytes, at);
    return copy;
  };
  it.each<[string, Uint8Array, string]>([
    [
      'compressed entries',
      zipFile([{ ...a, method: 8 }]),
      'entry "x/a" is compressed, which torch.save never does',
    ],
    ['two sizes of one entry', zipFile([{ ...a, claimedPackedSize: 2 }]), 'claims both 2 and 3 bytes'],
    [
      'a billion entries',
      patched(with64, with64.length - 22 - 20 - 56 + 32, little(1e9, 8)),
      'claims 1000000000 entries',
    ],
    ['encrypted entries', zipFile([{ ...a, flags: 1 }]), 'entry "x/a" is encrypted'],
    ['a size beyond the data', zipFile([a, { ...c, claimedSize: 1000 }]), 'reaches past the archive'],
    [
      'a 64-bit size beyond the data',
      zipFile([{ ...a, claimedSize: 2 ** 52 }], { zip64: true }),
      'reaches past the archive',
    ],
    [
      'a size that runs into the next entry',
      zipFile([{ ...a, claimedSize: 40 }, b]),
      'entries "x/a" and "x/b" of the archive overlap',
    ],
    [
      'two names for the same bytes',
      zipFile([a, { ...a, name: 'x/d', claimedOffset: 0, localName: 'x/a' }]),
      'differs from the one in the directory',
    ],
    ['one name twice', zipFile([a, a]), 'the archive holds "x/a" twice'],
    ['an offset into nothing', zipFile([{ ...a, claimedOffset: 10 }]), 'it is not where the directory says'],
    ['an offset beyond the file', zipFile([{ ...a, claimedOffset: 1e6 }]), 'it lies outside the file'],
    [
      'two names of one entry',
      zipFile([{ ...a, localName: 'x/z' }]),
      'differs from the one in the directory',
    ],
    ['a name that is not UTF-8', zipFile([{ ...a, name: '\xe7' }]), 'not valid UTF-8'],
    ['a missing 64-bit locator', patched(with64, locator, bytesOf('XX')), 'the 64-bit end record is missing'],
    ['a 64-bit record elsewhere', patched(with64, locator + 8, little(4, 8)), 'is not where it should be'],
    ['a 64-bit record outside', patched(with64, locator + 8, little(2 ** 50, 8)), 'outside the file'],
    ['a 64-bit length past 2^53', patched(with64, locator + 8, little(-1, 8)), 'is impossible'],
    [
      'more entries than there are',
      patched(zipFile([a]), zipFile([a]).length - 12, little(2, 2)),
      'more bytes are needed',
    ],
    [
      'a directory outside',
      patched(zipFile([a]), zipFile([a]).length - 6, little(2e9, 4)),
      'outside the file',
    ],
    ['no end', zipFile([a]).subarray(0, -1), 'no directory at the end'],
    ['hardly a beginning', bytesOf('PK\x03\x04'), 'no directory at the end'],
  ])('refuses %s', (_, file, message) => {
    expect(() => readStoredZip(file, 'f')).toThrow(WeightsError);
    expect(() => readStoredZip(file, 'f')).toThrow(message);
  });

  it('looks at places before it reads bytes: entries inside of each other would be summed again and again', () => {
    const inside = zipFile([{ ...a, claimedSize: 40, crc: 1 }, b]); // a wrong sum, had it been looked at
    expect(() => readStoredZip(inside, 'f')).toThrow('entries "x/a" and "x/b" of the archive overlap');
  });
});
