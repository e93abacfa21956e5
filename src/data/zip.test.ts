import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { openZip, type ZipSource } from './zip.ts';

const text = (content: string) => new TextEncoder().encode(content);
const sourceOf = (bytes: Uint8Array): ZipSource => ({
  size: bytes.length,
  read: (from, to) => Promise.resolve(bytes.slice(from, to)),
});
const open = (bytes: Uint8Array) => openZip(sourceOf(bytes), 'a.zip');
/** The offset of the directory's record number `i`, for archives without comments and extra fields. */
function recordAt(zip: Uint8Array, i: number): number {
  const view = new DataView(zip.buffer);
  let at = view.getUint32(zip.length - 6, true);
  for (let left = i; left > 0; left--) at += 46 + view.getUint16(at + 28, true);
  return at;
}

describe('openZip', () => {
  it('unpacks what is stored and what is deflated, one entry at a time', async () => {
    const long = text('grass '.repeat(50_000));
    const zip = zipSync({
      'cats/1.png': [long, { level: 9 }],
      'dogs/ü.png': [text('b'), { level: 0 }],
      'x/': text(''),
    });
    const { entries, leftOut } = await open(zip);
    expect(leftOut).toEqual([]);
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['cats/1.png', long.length],
      ['dogs/ü.png', 1],
    ]);
    expect(await entries[0]?.read()).toEqual(long);
    expect(await entries[1]?.read()).toEqual(text('b'));
  });

  it('leaves out entries that lead elsewhere, are encrypted, doubled or packed in an unknown way', async () => {
    const names = ['../a.png', '/b.png', 'C:\\c.png', 'd\\..\\..\\d.png', 'e.png', 'f.png', 'g.png'];
    const zip = zipSync(Object.fromEntries(names.map((name) => [name, text(name)])), { level: 0 });
    zip[recordAt(zip, 4) + 8] = 1;
    zip[recordAt(zip, 5) + 10] = 12;
    const { entries, leftOut } = await open(zip);
    expect(entries.map(({ path }) => path)).toEqual(['g.png']);
    expect(leftOut.map(({ path, reason }) => `${path} ${reason.split(':')[0] ?? ''}`)).toEqual([
      ...['../a.png', '/b.png', 'C:/c.png', 'd/../../d.png'].map(
        (path) => `${path} has a path that leads out of the archive`,
      ),
      'e.png is encrypted',
      'f.png is packed by a method (12) that is not known here',
    ]);
    const twice = zipSync({ 'a.png': text('1'), 'b.png': text('2') }, { level: 0 });
    twice[recordAt(twice, 1) + 46] = 'a'.charCodeAt(0);
    expect((await open(twice)).leftOut).toEqual([{ path: 'a.png', reason: 'is in the archive twice' }]);
  });

  it('says what is wrong with an entry, and reads the others', async () => {
    const zip = zipSync({
      'a.png': [text('a'.repeat(5000)), { level: 9 }],
      'b.png': text('b'),
      'c.png': [text('c'), { level: 0 }],
    });
    const view = new DataView(zip.buffer);
    view.setUint32(recordAt(zip, 0) + 24, 100, true); // says less than it unpacks to
    const c = zip.lastIndexOf('c'.charCodeAt(0), recordAt(zip, 0) - 1);
    zip[c] = 'x'.charCodeAt(0);
    const [first, second, third] = (await open(zip)).entries;
    await expect(first?.read()).rejects.toThrow('is damaged: it unpacks to more than it says');
    expect(await second?.read()).toEqual(text('b'));
    await expect(third?.read()).rejects.toThrow('is damaged: its checksum (CRC-32) is another');
  });

  it('refuses archives that unpack to far more than they are, or whose entries overlap', async () => {
    const zip = zipSync({ 'a.png': text('a'), 'b.png': text('b') }, { level: 9 });
    const view = new DataView(zip.buffer);
    view.setUint32(recordAt(zip, 1) + 42, 0, true);
    await expect(open(zip)).rejects.toThrow('a.zip is damaged: ');
    const bomb = zipSync({ 'a.png': [text('a'.repeat(100)), { level: 9 }] });
    new DataView(bomb.buffer).setUint32(recordAt(bomb, 0) + 24, 0xfffffff0, true);
    await expect(open(bomb)).rejects.toThrow('claims to unpack to 4 GiB');
  });

  it('refuses what is cut short at any place, and never throws anything else for any damage', async () => {
    const zip = zipSync({ 'cats/1.png': text('one'), 'dogs/2.png': text('two '.repeat(40)) });
    for (let length = 0; length < zip.length; length += 7)
      await expect(open(zip.subarray(0, length))).rejects.toThrow('is no whole zip archive');
    const random = createRandom(3);
    for (let i = 0; i < 500; i++) {
      const broken = zip.slice();
      for (let j = 0; j < 4; j++) broken[random.below(broken.length)] = random.below(256);
      try {
        for (const entry of (await open(broken)).entries) await entry.read();
      } catch (error) {
        expect((error as Error).name).toMatch(/^(DataError|ImageError)$/);
      }
    }
  });
});
