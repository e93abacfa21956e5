import { describe, expect, it } from 'vitest';
import { Overflow, type ScratchFile } from './overflow.ts';
import type { ImageSource } from './source.ts';

const transform = { kind: 'resize', width: 2, height: 1 } as const;
const BYTES = 6;
const photo = (value: number) => new Uint8Array(BYTES).fill(value);

/** A file in memory with room for so many bytes, and what was done to it. */
function memoryScratch(room = Infinity) {
  const bytes = new Uint8Array(1000);
  const log: string[] = [];
  const file: ScratchFile = {
    write(at, data) {
      if (at + data.length > room) return Promise.reject(new Error('full'));
      log.push(`write ${at}`);
      bytes.set(data, at);
      return Promise.resolve();
    },
    read(at, length) {
      log.push(`read ${at}`);
      return Promise.resolve(bytes.slice(at, at + length));
    },
    close: () => Promise.resolve(),
  };
  return { file, bytes, log };
}

/** Decodes a path to the photo of its number, or of what `now` says it is. */
function numbered(now: Readonly<Record<string, Uint8Array | string>> = {}) {
  const decoded: string[] = [];
  const source: ImageSource = {
    async *decode(paths) {
      for (const path of paths) {
        decoded.push(path);
        const data = await Promise.resolve(now[path] ?? photo(Number(path)));
        yield typeof data === 'string'
          ? { ok: false as const, path, reason: data }
          : { ok: true as const, path, image: { width: 2, height: 1, data } };
      }
    },
  };
  return { source, decoded };
}

async function filled(scratch: ScratchFile | undefined, source: ImageSource, count = 4) {
  const set = new Overflow({ scratch, source }).set(BYTES, transform);
  for (let i = 0; i < count; i++) await set.push(String(i), photo(i));
  return set;
}

describe('photos beyond memory', () => {
  it('come back from the file, each once for all who hold it at the time', async () => {
    const { file, log } = memoryScratch();
    const { source, decoded } = numbered();
    const set = await filled(file, source);
    expect([set.count, set.stored]).toEqual([4, 4]);
    const [one, two] = await Promise.all([set.hold([2, 0, 2]), set.hold([0, 3])]);
    expect(log.slice(4)).toEqual(['read 12', 'read 0', 'read 18']);
    one();
    one();
    expect(set.image(0)).toEqual(photo(0));
    expect(() => set.image(2)).toThrow('Photo 2 of those that are not in memory was not asked for.');
    two();
    expect(() => set.image(0)).toThrow('was not asked for');
    expect(decoded).toEqual([]);
  });

  it('of sets of other sizes lie in the same file', async () => {
    const { file } = memoryScratch();
    const overflow = new Overflow({ scratch: file, source: numbered().source });
    const [small, large] = [overflow.set(3, transform), overflow.set(BYTES, transform)];
    await small.push('1', photo(1).subarray(3));
    await large.push('2', photo(2));
    await small.push('3', photo(3).subarray(3));
    await Promise.all([small.hold([0, 1]), large.hold([0])]);
    expect([small.image(1), large.image(0)]).toEqual([photo(3).subarray(3), photo(2)]);
    await expect(small.push('4', photo(4))).rejects.toThrow('4 has 6 bytes, not 3.');
  });

  it('are decoded again where the file is damaged', async () => {
    const { file, bytes } = memoryScratch();
    const { source, decoded } = numbered();
    const set = await filled(file, source);
    bytes[7]! ^= 1; // of the second photo
    await set.hold([0, 1, 2]);
    expect([0, 1, 2].map((i) => set.image(i))).toEqual([0, 1, 2].map(photo));
    expect(decoded).toEqual(['1']);
  });

  it('are decoded again where the file has no room for them, or cannot be read, or is none', async () => {
    for (const [file, stored] of [
      [memoryScratch(2 * BYTES).file, 2],
      [{ ...memoryScratch().file, read: () => Promise.reject(new Error('gone')) }, 4],
      [undefined, 0],
    ] as const) {
      const { source } = numbered();
      const set = await filled(file, source);
      expect(set.stored).toBe(stored);
      await set.hold([3, 1]);
      expect([set.image(3), set.image(1)]).toEqual([photo(3), photo(1)]);
    }
  });

  it('are refused where they have changed since, and can be asked for again', async () => {
    const now: Record<string, Uint8Array | string> = { 1: photo(9), 2: 'is truncated' };
    const { source } = numbered(now);
    const set = await filled(undefined, source);
    await expect(set.hold([0, 1])).rejects.toThrow(
      'The photo 1 has changed while the run went on: it shows something else than before. Put it back as it was, then resume the run.',
    );
    await expect(set.hold([2])).rejects.toThrow(
      'The photo 2 has changed while the run went on: it is truncated.',
    );
    delete now[1];
    await set.hold([0, 1]);
    expect(set.image(1)).toEqual(photo(1));
  });
});
