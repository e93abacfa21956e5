// Folders as people have them, over a file system made of a plain object. Real links are in platform/files.test.ts.

import { describe, expect, it } from 'vitest';
import { DataError } from './errors.ts';
import { fileTree } from './file-tree.ts';
import type { FileSystem } from './files.ts';
import { scanImageFolder } from './folder.ts';

/** A file system that holds files without bytes at these paths; a path that ends in '/' is an empty folder. */
const memoryFiles = (paths: readonly string[]): FileSystem =>
  fileTree(
    [...paths].reverse().map((path) => [path, () => Promise.reject(new Error(`no bytes in ${path}`))]),
  );

const scan = (...paths: string[]) => scanImageFolder(memoryFiles(paths), 'D');

describe('scanImageFolder', () => {
  it('labels class folders in the order of their names and files in theirs', async () => {
    expect(await scan('D/dogs/2.jpg', 'D/dogs/10.JPG', 'D/cats/b.jpeg', 'D/cats/a.PNG')).toEqual({
      classes: ['cats', 'dogs'],
      train: [
        { path: 'D/cats/a.PNG', label: 0 },
        { path: 'D/cats/b.jpeg', label: 0 },
        { path: 'D/dogs/10.JPG', label: 1 },
        { path: 'D/dogs/2.jpg', label: 1 },
      ],
      valid: undefined,
      ignored: new Map(),
    });
  });

  it('sorts by code point, as Python does', async () => {
    const names = ['z', 'Z', 'é', '\u{1f600}', '\uff5e', 'a b', '-a', 'ab'];
    const { classes } = await scan(...names.map((name) => `D/${name}/1.jpg`));
    expect(classes).toEqual(['-a', 'Z', 'a b', 'ab', 'z', 'é', '\uff5e', '\u{1f600}']);
  });

  it('takes folders inside a class into it, in a fixed order', async () => {
    const { train } = await scan('D/a/z.jpg', 'D/a/x/1.jpg', 'D/a/y/2.jpg', 'D/a/x/w/3.jpg', 'D/b/1.jpg');
    expect(train.map(({ path }) => path)).toEqual([
      'D/a/z.jpg',
      'D/a/x/1.jpg',
      'D/a/x/w/3.jpg',
      'D/a/y/2.jpg',
      'D/b/1.jpg',
    ]);
  });

  it('passes over hidden files and other files, and counts them by what for', async () => {
    const { train, classes, ignored } = await scan(
      'D/a/1.jpg',
      'D/a/.2.jpg',
      'D/a/Thumbs.db',
      'D/b/1.jpg',
      'D/b/.DS_Store',
      'D/b/.cache/3.jpg',
      'D/.git/x.jpg',
      'D/__MACOSX/a/._1.jpg',
      'D/b/raw.CR2',
      'D/b/README',
      'D/b/v1.with a long name',
      'D/3.jpg',
      'D/notes.txt',
    );
    expect(classes).toEqual(['a', 'b']);
    expect(train).toHaveLength(2);
    expect(Object.fromEntries(ignored)).toEqual({
      hidden: 2,
      '.db': 1,
      '.cr2': 1,
      '': 2,
      loose: 1,
      '.txt': 1,
    });
  });

  it.each(['val', 'valid', 'validation', 'test', 'Test'])('finds train beside %s', async (name) => {
    const { train, valid } = await scan(
      'D/train/a/1.jpg',
      'D/train/b/2.jpg',
      `D/${name}/a/3.jpg`,
      `D/${name}/b/4.jpg`,
    );
    expect(train.map(({ path }) => path)).toEqual(['D/train/a/1.jpg', 'D/train/b/2.jpg']);
    expect(valid).toEqual([
      { path: `D/${name}/a/3.jpg`, label: 0 },
      { path: `D/${name}/b/4.jpg`, label: 1 },
    ]);
  });

  it('prefers val to test, which is for the end', async () => {
    const files = ['train', 'test', 'val'].flatMap((part) => [`D/${part}/a/1.jpg`, `D/${part}/b/1.jpg`]);
    expect((await scan(...files)).valid?.[0]?.path).toBe('D/val/a/1.jpg');
  });

  it('takes train alone, and classes that happen to be called train and test', async () => {
    expect(await scan('D/train/a/1.jpg', 'D/train/b/2.jpg')).toMatchObject({
      classes: ['a', 'b'],
      valid: undefined,
    });
    expect((await scan('D/train/1.jpg', 'D/bus/2.jpg', 'D/test/3.jpg')).classes).toEqual([
      'bus',
      'test',
      'train',
    ]);
  });

  it.each<[what: string, paths: string[], message: RegExp]>([
    ['a missing folder', [], /There is no folder D\./],
    ['a file', ['D'], /D is not a folder/],
    ['an empty folder', ['D/'], /D holds no class folders/],
    ['loose photos', ['D/1.jpg', 'D/2.jpg'], /D holds 2 photos outside any class folder/],
    ['one class', ['D/cats/1.jpg'], /D holds only one class, "cats"/],
    ['classes without photos', ['D/a/1.jpg', 'D/b/x.txt', 'D/c/'], /no photos .* in D\/b, D\/c/],
    ['an empty train folder', ['D/train/'], /D\/train holds no class folders/],
    ['no train folder', ['D/val/a/1.jpg', 'D/val/b/1.jpg'], /D has no folder "train"/],
  ])('refuses %s and shows the layout', async (_, paths, message) => {
    await expect(scan(...paths)).rejects.toThrow(DataError);
    await expect(scan(...paths)).rejects.toThrow(message);
    await expect(scan(...paths)).rejects.toThrow(/Expected one folder of photos per class:\n {2}D\/cats/);
  });

  it('refuses validation classes that differ', async () => {
    await expect(
      scan('D/train/a/1.jpg', 'D/train/b/1.jpg', 'D/val/a/1.jpg', 'D/val/c/1.jpg'),
    ).rejects.toThrow('The classes in D/val differ from those in D/train: "b" missing; "c" not trained;');
  });
});
