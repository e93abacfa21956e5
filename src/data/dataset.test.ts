// From files to image sets, over files in memory and decoding in this thread.

import { describe, expect, it } from 'vitest';
import { fixture } from '../../test/golden/fixtures.ts';
import { loadDataset } from './dataset.ts';
import { decodeImage } from './decode.ts';
import type { FileSystem } from './files.ts';
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
    expect(ignored).toBe(1);
    expect(progress).toHaveLength(11);
    expect(progress.at(-1)).toBe(1);

    const expected = [png, jpeg].map((bytes) => resizeTo(decodeImage(bytes), 6, 5).data);
    for (const set of [train, valid]) {
      expect(set).toMatchObject({ width: 6, height: 5 });
      expect(set.data).toHaveLength(set.count * 90);
      expect(set.labels).toHaveLength(set.count);
      set.paths.forEach((path, i) => {
        const label = path.startsWith('D/a/') ? 0 : 1;
        expect(set.labels[i]).toBe(label);
        expect(set.data.subarray(i * 90, (i + 1) * 90)).toEqual(expected[label]);
      });
    }
  });

  it('gives validation photos a size of their own where told to', async () => {
    const files = dataset({ a: copies(png, 5), b: copies(jpeg, 5) });
    const { train, valid } = await load(files, { validTransform: { kind: 'resize', width: 4, height: 3 } });
    expect(train).toMatchObject({ width: 6, height: 5 });
    expect(valid).toMatchObject({ width: 4, height: 3 });
    expect(valid.data).toHaveLength(valid.count * 36);
  });

  it('refuses a folder in which nothing can be read, showing a few reasons', async () => {
    const files = dataset({ a: copies(broken, 4), b: copies(new Uint8Array(), 4) });
    await expect(load(files)).rejects.toThrow(
      /None of the 8 photos in D can be read; .*\n {2}D\/a\/.* is a text file.*\n[^]*and 3 more/,
    );
  });

  it('refuses a class that loses all its photos', async () => {
    const files = dataset({ a: copies(png, 4), b: copies(broken, 4) });
    await expect(load(files)).rejects.toThrow(/No readable photo is left to train "b" in D/);
  });

  it('refuses more bytes than an array can hold, before decoding', async () => {
    const files = dataset({ a: copies(png, 4), b: copies(png, 4) });
    const huge = { kind: 'resize', width: 20_000, height: 20_000 } as const;
    await expect(load(files, { transform: huge })).rejects.toThrow(/take 6\.7 GiB at 20000 × 20000 pixels/);
  });
});
