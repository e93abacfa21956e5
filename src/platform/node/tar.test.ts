import { describe, expect, it } from 'vitest';
import { untar } from './tar.ts';

function entry(name: string, data: string, kind = '0', size = data.length): Uint8Array {
  const blocks = new Uint8Array(512 + Math.ceil(data.length / 512) * 512);
  const put = (text: string, offset: number) => blocks.set(new TextEncoder().encode(text), offset);
  put(name, 0);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put(kind, 156);
  put('ustar\0', 257);
  put(data, 512);
  return blocks;
}

function archive(...entries: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from([...entries, new Uint8Array(1024)].flatMap((part) => [...part]));
}

describe('untar', () => {
  it('returns files by name, whatever their padding, and leaves folders out', () => {
    const long = 'x'.repeat(513);
    const files = untar(
      archive(entry('a', 'one'), entry('folder/', '', '5'), entry('folder/b', long), entry('c', '')),
    );
    const texts = [...files].map(([name, data]) => [name, new TextDecoder().decode(data)]);
    expect(texts).toEqual([
      ['a', 'one'],
      ['folder/b', long],
      ['c', ''],
    ]);
  });

  it('refuses an archive that ends within a file, and a size that is no number', () => {
    expect(() => untar(entry('a', 'one', '0', 5000))).toThrow('a claims 5000 bytes, 512 are left');
    expect(() => untar(entry('a', 'one', '0', Number.NaN))).toThrow('tar archive is damaged');
  });
});
