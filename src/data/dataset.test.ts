// From files to image sets, over files in memory and decoding in this thread.

import { describe, expect, it } from 'vitest';
import { fixture } from '../../test/golden/fixtures.ts';
import { type DecodedPhoto, loadDataset, loadImages } from './dataset.ts';
import { decodeImage } from './decode.ts';
import type { FileSystem } from './files.ts';
import { Overflow } from './overflow.ts';
import { resizeTo } from './resize.ts';
import { inlineSource } from './source.ts';

const png = fixture('rgb-8.png');
const jpeg = fixture('grey.jpg');
const broken = new TextEncoder().encode('not a photo');

/** Classes of files with their bytes, in a folder called D. */
function dataset(classes: Record<string, Record<string, Uint8Array>>): FileSystem {
  return {
    list: (dir) => {
      const [, name] = dir.split('/');
      const names = Object.keys((name === undefined ? classes : classes[name]) ?? {});
      return Promise.resolve(
        names.map((entry) => ({ name: entry, kind: name === undefined ? 'directory' : 'file' })),
      );
    },
    kind: () => Promise.resolve('directory'),
    identity: (dir) => Promise.resolve(dir),
    read: (path) => {
      const [, name = '', file = ''] = path.split('/');
      const bytes = classes[name]?.[file];
      return bytes ? Promise.resolve(bytes) : Promise.reject(new Error('no such file'));
    },
  };
}

const transform = { kind: 'resize', width: 6, height: 5 } as const;
const load = (files: FileSystem, options = {}) =>
  loadDataset(files, inlineSource(files), { dir: 'D', transform, ...options });
const copies = (bytes: Uint8Array, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.jpg`, bytes]));

describe('loadDataset', () => {
  it('gives images, labels and paths in step, and lists what it skips', async () => {
    const files = dataset({ a: copies(png, 5), b: { ...copies(jpeg, 5), '5.jpg': broken, 'x.txt': broken } });
    const progress: number[] = [];
    const { classes, train, valid, skipped, ignored } = await load(files, {
      onProgress: (done: number, total: number) => progress.push(done / total),
    });
    expect(classes).toEqual(['a', 'b']);
    expect(train.count + valid.count).toBe(10);
    expect(skipped).toEqual([{ path: 'D/b/5.jpg', reason: 'is a text file, not an image' }]);
    expect(ignored).toEqual(new Map([['.txt', 1]]));
    expect(progress).toHaveLength(11);
    expect(progress.at(-1)).toBe(1);

    const expected = [png, jpeg].map((bytes) => resizeTo(decodeImage(bytes), 6, 5).data);
    for (const set of [train, valid]) {
      expect(set).toMatchObject({ width: 6, height: 5 });
      expect(set.labels).toHaveLength(set.count);
      set.paths.forEach((path, i) => {
        const label = path.startsWith('D/a/') ? 0 : 1;
        expect(set.labels[i]).toBe(label);
        expect(set.image(i)).toEqual(expected[label]);
      });
    }
  });

  it('gives validation photos a size of their own where told to', async () => {
    const files = dataset({ a: copies(png, 5), b: copies(jpeg, 5) });
    const { train, valid } = await load(files, { validTransform: { kind: 'resize', width: 4, height: 3 } });
    expect(train).toMatchObject({ width: 6, height: 5 });
    expect(valid).toMatchObject({ width: 4, height: 3 });
    expect(valid.image(0)).toHaveLength(36);
  });

  it('refuses a folder in which nothing can be read, showing a few reasons', async () => {
    const files = dataset({ a: copies(broken, 4), b: copies(new Uint8Array(), 4) });
    await expect(load(files)).rejects.toThrow(
      /None of the 8 photos in D can be read; .*\n {2}D\/a\/.* is a text file.*\n[^]*and 3 more/,
    );
  });

  it('refuses a class that loses all its photos', async () => {
    const files = dataset({ a: copies(png, 4), b: copies(broken, 4) });
    await expect(load(files)).rejects.toThrow(/No readable photo is left to train on for "b" in D/);
  });

  it('keeps what its memory holds, and brings the rest to hand when it is asked for', async () => {
    const files = dataset({ a: copies(png, 5), b: { ...copies(jpeg, 5), '5.jpg': broken } });
    const all = await load(files);
    const decoded: string[] = [];
    const limited = await load(files, {
      memoryBudget: 3 * 90 + 89,
      overflow: () => Promise.resolve(new Overflow({ scratch: undefined, source: inlineSource(files) })),
      onPhoto: ({ part, path, label }: DecodedPhoto) => decoded.push(`${part} ${path} ${label}`),
    });
    expect(all.kept).toBeUndefined();
    expect(limited.kept).toEqual({ inMemory: 3, onDisk: 0, nowhere: 7 });
    expect(limited.skipped).toEqual(all.skipped);
    expect(decoded).toEqual(
      (['train', 'valid'] as const).flatMap((part) =>
        all[part].paths.map((path, i) => `${part} ${path} ${all[part].labels[i]}`),
      ),
    );
    for (const part of ['train', 'valid'] as const) {
      const [expected, set] = [all[part], limited[part]];
      expect([set.paths, set.labels, set.count]).toEqual([expected.paths, expected.labels, expected.count]);
      const order = Array.from({ length: set.count }, (_, i) => set.count - 1 - i);
      expect(() => set.image(set.count - 1)).toThrow('was not asked for');
      const release = await set.hold?.(order);
      for (const i of order) expect(set.image(i)).toEqual(expected.image(i));
      release?.();
      expect(() => set.image(set.count - 1)).toThrow('was not asked for');
      for (const index of [-1, set.count]) expect(() => set.image(index)).toThrow('There is no image');
    }
  });

  it('trains on a class of one photo and does not validate it', async () => {
    const { train, valid } = await load(dataset({ a: copies(png, 1), b: copies(jpeg, 5) }));
    expect([...train.labels]).toEqual([0, 1, 1, 1, 1]);
    expect([...valid.labels]).toEqual([1]);
  });

  it('takes a folder that is known already', async () => {
    const files = dataset({ a: copies(png, 2), b: copies(jpeg, 2) });
    const folder = {
      classes: ['x', 'y'],
      train: [
        { path: 'D/b/0.jpg', label: 0 },
        { path: 'D/a/0.jpg', label: 1 },
      ],
      valid: [{ path: 'D/b/1.jpg', label: 0 }],
      ignored: new Map(),
    };
    const source = inlineSource({ read: (path) => files.read(path) });
    const { classes, train, valid } = await loadImages(source, folder, { dir: 'D', transform });
    expect(classes).toEqual(['x', 'y']);
    expect(train.paths).toEqual(['D/b/0.jpg', 'D/a/0.jpg']);
    expect(valid.paths).toEqual(['D/b/1.jpg']);
  });
});
