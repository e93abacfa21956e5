// Folders as people have them, over a file system made of a plain object. Real links are in platform/files.test.ts.

import { describe, expect, it } from 'vitest';
import { DataError } from './errors.ts';
import { fileTree } from './file-tree.ts';
import type { FileSystem } from './files.ts';
import { scanImageFolder } from './scan.ts';

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

  it.each([
    ['training_set', 'test_set'],
    ['Training', 'Testing'],
    ['trainset', 'valset'],
    ['seg_train', 'seg_test'],
    ['TRAIN', 'Validation'],
    ['train_images', 'test_images'],
  ])(
    'takes %s and %s for what they are, also wrapped once more as archives have it',
    async (train, valid) => {
      const paths = ['a/1.jpg', 'b/2.jpg'].flatMap((path) => [`${train}/${path}`, `${valid}/${path}`]);
      const expected = { classes: ['a', 'b'], train: { length: 2 }, valid: { length: 2 } };
      expect(await scan(...paths.map((path) => `D/${path}`))).toMatchObject(expected);
      const wrapped = paths.map((path) => `D/archive/${path.replace(/^[^/]+/, '$&/$&')}`);
      expect(await scan(...wrapped)).toMatchObject(expected);
    },
  );

  it.each([
    ['without classes', ['D/test/1.jpg', 'D/test/2.jpg'], 'D/test holds photos without classes'],
    ['in a folder of any name', ['D/test/unknown/1.jpg'], 'D/test holds photos without classes'],
    ['that is empty', ['D/test/'], 'D/test is empty'],
  ])('sets a part of train aside where there is a test %s', async (_, test, note) => {
    const found = await scan('D/train/a/1.jpg', 'D/train/b/2.jpg', ...test);
    expect(found).toMatchObject({ classes: ['a', 'b'], valid: undefined });
    expect(found.notes).toEqual([`${note}: a part of the training photos is set aside in its place`]);
  });

  it('leaves alone what lies beside train and val', async () => {
    const split = ['train', 'val', 'test'].flatMap((part) => [`D/${part}/a/1.jpg`, `D/${part}/b/1.jpg`]);
    const { classes, notes } = await scan(...split, 'D/extra/x.jpg');
    expect(classes).toEqual(['a', 'b']);
    expect(notes).toEqual([
      'D/test is left alone: D/val is what is judged by',
      'D/extra is left alone: it is none of the parts that are used',
    ]);
    const unlabelled = await scan('D/train/a/1.jpg', 'D/train/b/1.jpg', 'D/test/1.jpg', 'D/submission/x.csv');
    expect(unlabelled).toMatchObject({ classes: ['a', 'b'], valid: undefined });
  });

  it.each([
    ['D/fold1', 'D/fold2'],
    ['D/part a', 'D/part b'],
  ])('refuses to tell %s from %s, whose folders are the classes', async (one, other) => {
    const paths = [one, other].flatMap((dir) => [`${dir}/cats/1.jpg`, `${dir}/dogs/1.jpg`]);
    await expect(scan(...paths)).rejects.toThrow(
      /hold no photos of their own and all the same folders, "cats", "dogs": those would be the classes/,
    );
    // A class may keep all of its photos in one folder further in.
    expect(await scan('D/cats/images/1.jpg', 'D/dogs/images/1.jpg')).toMatchObject({
      classes: ['cats', 'dogs'],
    });
  });

  it('leaves an empty class out with a word, and one that is empty for validation in', async () => {
    const found = await scan('D/a/1.jpg', 'D/b/1.jpg', 'D/c/notes.txt');
    expect(found.classes).toEqual(['a', 'b']);
    expect(found.notes).toEqual(['D/c holds no photos: left out']);
    const divided = await scan('D/train/a/1.jpg', 'D/train/b/1.jpg', 'D/val/a/1.jpg', 'D/val/b/');
    expect(divided).toMatchObject({ classes: ['a', 'b'], valid: [{ path: 'D/val/a/1.jpg', label: 0 }] });
    expect(divided.notes).toEqual(['D/val/b holds no photos: this class is trained and not judged']);
  });

  it('takes two spellings of the same letters for one class', async () => {
    const [composed, decomposed] = ['\u00e9t\u00e9', 'e\u0301te\u0301'];
    const { classes, train, valid } = await scan(
      ...[`D/train/${decomposed}/1.jpg`, 'D/train/z/1.jpg'],
      ...[`D/val/${composed}/1.jpg`, 'D/val/z/1.jpg'],
    );
    expect(classes).toEqual(['z', composed]);
    expect(train.map(({ label }) => label)).toEqual([1, 0]);
    expect(valid?.map(({ label }) => label)).toEqual([0, 1]);
  });

  it('opens folders that an archive has wrapped around everything', async () => {
    expect(await scan('D/a/b/cats/1.jpg', 'D/a/b/dogs/1.jpg')).toMatchObject({ classes: ['cats', 'dogs'] });
    expect(await scan('D/wrap/train/cats/1.jpg', 'D/wrap/train/dogs/1.jpg')).toMatchObject({
      classes: ['cats', 'dogs'],
    });
  });

  it('takes a single class, and any part, where a model that knows its classes is to be judged', async () => {
    const judge = (...paths: string[]) =>
      scanImageFolder(memoryFiles(paths), 'D', { known: ['cats', 'dogs'] });
    expect(await judge('D/cats/1.jpg')).toMatchObject({ classes: ['cats'], train: { length: 1 } });
    expect(await judge('D/cats/day/1.jpg', 'D/cats/night/1.jpg')).toMatchObject({ classes: ['cats'] });
    expect(await judge('D/all/cats/1.jpg')).toMatchObject({ classes: ['cats'] });
    expect(await judge('D/test/dogs/1.jpg')).toMatchObject({ classes: ['dogs'] });
    expect(await judge('D/train/cats/1.jpg', 'D/train/dogs/1.jpg', 'D/val/dogs/2.jpg')).toMatchObject({
      classes: ['cats', 'dogs'],
      valid: [{ path: 'D/val/dogs/2.jpg', label: 1 }],
    });
  });

  it.each<[what: string, paths: string[], message: RegExp]>([
    ['a missing folder', [], /There is no folder D\./],
    ['a file', ['D'], /D is not a folder\./],
    ['an empty folder', ['D/'], /D holds no class folders/],
    ['loose photos', ['D/1.jpg', 'D/2.jpg'], /D holds 2 photos outside any class folder/],
    ['one class', ['D/cats/1.jpg'], /D holds only one class, "cats"/],
    [
      'classes without photos',
      ['D/a/1.jpg', 'D/b/x.txt', 'D/c/'],
      /no photos .* in D\/b, D\/c: put some there, as/,
    ],
    ['an empty train folder', ['D/train/'], /D\/train holds no class folders/],
    ['no train folder', ['D/val/a/1.jpg', 'D/val/b/1.jpg'], /D has no folder "train"/],
  ])('refuses %s and shows the layout', async (_, paths, message) => {
    await expect(scan(...paths)).rejects.toThrow(DataError);
    await expect(scan(...paths)).rejects.toThrow(message);
    await expect(scan(...paths)).rejects.toThrow(/Expected one folder of photos per class:\n {2}D\/cats/);
  });

  it('says to unpack an archive', async () => {
    await expect(scanImageFolder(memoryFiles(['D.zip']), 'D.zip')).rejects.toThrow(
      'D.zip is not a folder: unpack it',
    );
  });

  it('refuses validation classes that differ', async () => {
    await expect(
      scan('D/train/a/1.jpg', 'D/train/b/1.jpg', 'D/val/a/1.jpg', 'D/val/c/1.jpg'),
    ).rejects.toThrow('The classes in D/val differ from those in D/train: "b" missing; "c" not trained;');
  });
});
