// Archives as the page writes and reads them, against those of another hand and against hostile ones. The page's code, in Node.
import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { broughtFiles } from '../../web/src/engine/brought.ts';
import { zipped } from '../../web/src/engine/zip-writer.ts';

const FILES = { 'photos/cats/1.jpg': 'a cat', 'photos/ein Hünd/1.jpg': 'a dog', empty: '' };
const toZip = Object.entries(FILES).map(([name, text]) => ({ name, content: new Blob([text]) }));
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
const blobOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
const read = async (archive: Blob) =>
  Object.fromEntries(
    await Promise.all(
      (await broughtFiles([{ path: 'it.zip', file: archive }])).map(
        async (file) => [file.path, await (await file.read()).text()] as const,
      ),
    ),
  ) as Record<string, string>;

describe('archives', () => {
  it.each([undefined, 0, 60])(
    'are written as others read them, where sizes of 64 bits begin at %s',
    async (large) => {
      const archive = await zipped(toZip, { ...(large !== undefined && { large }) });
      expect(await read(archive)).toEqual(FILES);
      const others = unzipSync(await bytesOf(archive));
      expect(Object.keys(others)).toEqual(Object.keys(FILES));
      expect(others['photos/ein Hünd/1.jpg']).toEqual(strToU8('a dog'));
    },
  );

  it('are told how far their writing is', async () => {
    const read: number[] = [];
    await zipped(toZip, { onProgress: (bytes) => read.push(bytes) });
    expect(read).toEqual([5, 10, 10]);
  });

  it.each([0, 9] as const)('are read as others write them, compressed at level %i', async (level) => {
    const made = zipSync(
      { folder: { 'a.txt': strToU8('a'.repeat(1000)) }, 'b.txt': strToU8('b') },
      { level },
    );
    expect(await read(blobOf(made))).toEqual({ 'folder/a.txt': 'a'.repeat(1000), 'b.txt': 'b' });
  });

  it('are told from files that are none', async () => {
    const file = new Blob(['no archive at all, but long enough to be one']);
    expect(await read(file)).toEqual({ 'it.zip': await file.text() });
  });

  it.each([
    ['one that is cut off', zipSync({ a: strToU8('aaa') }).subarray(0, 60), /no whole zip archive/],
    ['a name that leads out', zipSync({ '../evil': strToU8('x') }), /"\.\.\/evil" has a path that leads out/],
    ['a name from the top', zipSync({ '/etc/evil': strToU8('x') }), /leads out/],
    ['a name of Windows', zipSync({ 'C:\\evil': strToU8('x') }), /leads out/],
    ['a bomb', liar(zipSync({ a: new Uint8Array(1e6) }), 24, 100), /more than it says/],
    ['one that claims two sizes', liar(zipSync({ a: strToU8('aaa') }, { level: 0 }), 24, 2), /two sizes/],
    ['another content', changed(zipSync({ a: strToU8('aaa') }, { level: 0 }), 31), /checksum/],
    [
      'a file far away',
      liar(zipSync({ a: strToU8('aaa') }, { level: 0 }), 42, 1e6),
      /not where the archive says/,
    ],
    ['an encrypted file', liar(zipSync({ a: strToU8('aaa') }, { level: 0 }), 8, 1), /encrypted/],
  ])('that are hostile are refused: %s', async (_, bytes, message) => {
    await expect(read(blobOf(bytes))).rejects.toThrow(message);
  });

  it('whose files overlap are refused', async () => {
    const bytes = zipSync({ a: strToU8('aaa'), b: strToU8('bbb') }, { level: 0 });
    const [first = 0, second = 0] = directoryEntries(bytes);
    new DataView(bytes.buffer).setUint32(
      second + 42,
      new DataView(bytes.buffer).getUint32(first + 42, true),
      true,
    );
    await expect(read(blobOf(bytes))).rejects.toThrow(/lies inside of another/);
  });
});

/** Where the entries of the directory begin. */
function directoryEntries(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length - 4 }, (_, at) => at).filter(
    (at) => view.getUint32(at, true) === 0x02014b50,
  );
}

/** The archive with another value in a field of its first entry in the directory. */
function liar(bytes: Uint8Array, field: number, value: number): Uint8Array {
  const [at = 0] = directoryEntries(bytes);
  new DataView(bytes.buffer).setUint32(at + field, value, true);
  return bytes;
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
