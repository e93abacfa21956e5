// Classes that are told by the names of photos or by a table, over files in memory.

import { describe, expect, it } from 'vitest';
import { fileTree } from './file-tree.ts';
import { parseCsv } from './csv.ts';
import { labelInName, namesTellClasses } from './name-labels.ts';
import { scanImageFolder } from './scan.ts';

const utf8 = (text: string) => () => Promise.resolve(new TextEncoder().encode(text));
const filesOf = (paths: readonly string[], table = '') =>
  fileTree([...paths.map((path) => [path, utf8('')] as const), ['D.csv', utf8(table)] as const]);

describe('labels from names', () => {
  it.each([
    ['cat.0.jpg', 'cat'],
    ['Abyssinian_100.jpg', 'Abyssinian'],
    ['great_pyrenees_17.jpg', 'great_pyrenees'],
    ['dog (3).png', 'dog'],
    ['n01440764_36.JPEG', 'n01440764'],
    ['cat12.png', 'cat'],
    ['12.jpg', undefined],
  ])('%s is of class %s', (name, label) => expect(labelInName(name)).toBe(label));

  it('are told from names of cameras and of single photos', () => {
    expect(namesTellClasses(['cat.0.jpg', 'cat.1.jpg', 'dog.0.jpg', 'dog.1.jpg'])).toEqual(['cat', 'dog']);
    expect(namesTellClasses(['IMG_1.jpg', 'IMG_2.jpg'])).toBeUndefined();
    expect(namesTellClasses(['beach.jpg', 'dinner.jpg'])).toBeUndefined();
    expect(namesTellClasses(['1.jpg', '2.jpg'])).toBeUndefined();
  });

  const flat = ['cat.0.jpg', 'cat.1.jpg', 'dog.0.jpg', 'dog.1.jpg'];
  it('are offered where photos lie in no folders of classes', async () => {
    const offer = /D\/train holds 4 photos .* whose names seem to tell their classes \("cat", "dog"\)/;
    const files = filesOf([...flat.map((name) => `D/train/${name}`), 'D/test/1.jpg']);
    await expect(scanImageFolder(files, 'D')).rejects.toThrow(offer);
  });

  it('are taken where they are asked for, and photos without are left out', async () => {
    const files = filesOf([...flat.map((name) => `D/train/${name}`), 'D/test/1.jpg', 'D/test/2.jpg']);
    expect(await scanImageFolder(files, 'D', { labelsFromNames: true })).toEqual({
      classes: ['cat', 'dog'],
      train: flat.map((name, i) => ({ path: `D/train/${name}`, label: i < 2 ? 0 : 1 })),
      valid: undefined,
      ignored: new Map(),
      notes: ['2 photos in D have names without a class: left out'],
    });
    const divided = filesOf(['D/train/cat.1.jpg', 'D/train/dog.1.jpg', 'D/val/dog.2.jpg', 'D/val/cat.2.jpg']);
    const { train, valid } = await scanImageFolder(divided, 'D', { labelsFromNames: true });
    expect([train.length, valid?.length]).toEqual([2, 2]);
    await expect(scanImageFolder(filesOf(['D/IMG_1.jpg']), 'D', { labelsFromNames: true })).rejects.toThrow(
      'all of one class by their names, "IMG"',
    );
  });
});

describe('labels in a file', () => {
  const paths = ['D/a/1.jpg', 'D/a/2.jpg', 'D/b/3.jpg', 'D/b/4.jpg'];
  const scan = (table: string) => scanImageFolder(filesOf(paths, table), 'D', { labels: 'D.csv' });
  const expected = {
    classes: ['cat', 'dog'],
    train: paths.map((path, i) => ({ path, label: i % 2 })),
    valid: undefined,
    ignored: new Map(),
  };

  it.each([
    ['names', 'file,label\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog\n'],
    ['names without endings, as ids', 'id,breed\n1,cat\n2,dog\n3,cat\n4,dog'],
    ['paths below the folder', 'label;path\r\ncat;a/1.jpg\r\ndog;a/2.jpg\r\ncat;b/3.jpg\r\ndog;b/4.jpg\r\n'],
    [
      'paths from above',
      '\uFEFFpath,label\nD/a/1.jpg,cat\nD\\a\\2.jpg,dog\n./a/3.jpg,cat\n/home/x/b/4.jpg,dog',
    ],
    ['no titles', '"1.jpg","cat"\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog'],
    ['other titles', 'x,what\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog'],
    [
      'classes by number and name',
      'image,label,class_name\n1.jpg,0,cat\n2.jpg,1,dog\n3.jpg,0,cat\n4.jpg,1,dog',
    ],
  ])('may give %s', async (_, table) => expect(await scan(table)).toEqual(expected));

  it('may say what is for validation', async () => {
    const { train, valid } = await scan('file,label,split\n1,cat,train\n2,dog,train\n3,cat,val\n4,dog,TEST');
    expect(train.map(({ path }) => path)).toEqual(['D/a/1.jpg', 'D/a/2.jpg']);
    expect(valid?.map(({ path }) => path)).toEqual(['D/b/3.jpg', 'D/b/4.jpg']);
  });

  it('may be of more photos than there are, or of fewer', async () => {
    const { notes, train } = await scan('file,label\n1.jpg,cat\n2.jpg,dog\n9.jpg,cat\n3.jpg,\n');
    expect(train).toHaveLength(2);
    expect(notes).toEqual([
      '1 row of D.csv without a photo in D, such as "9.jpg"',
      '1 row of D.csv without a class: left out',
      '2 photos in D without a class in D.csv: left out',
    ]);
  });

  it.each([
    ['photos that are not there', 'file,label\n8.jpg,cat\n9.jpg,dog', 'names no photo that is in D: "8.jpg"'],
    ['a photo twice', 'file,label\n1.jpg,cat\n1.jpg,dog', 'gives D/a/1.jpg two classes, "cat" and "dog"'],
    ['one class', 'file,label\n1.jpg,cat\n2.jpg,cat', 'all of one class by D.csv, "cat"'],
    ['no classes', 'file,a,b\n1.jpg,0,1\n', 'no columns that say which photo is of which class'],
    ['nothing', '', 'no columns that say which photo is of which class'],
  ])('are refused where they are of %s', async (_, table, message) => {
    await expect(scan(table)).rejects.toThrow(message);
  });

  it('are refused where the file is none, and beside labels from names', async () => {
    const files = filesOf(paths);
    await expect(scanImageFolder(files, 'D', { labels: 'none.csv' })).rejects.toThrow('no file none.csv');
    await expect(scanImageFolder(files, 'D', { labels: 'D.csv', labelsFromNames: true })).rejects.toThrow(
      'say one of the two',
    );
  });
});

it('reads rows with quotes, empty fields and line ends of all systems', () => {
  expect(parseCsv('a,"b ""c"", d"\r\n"1\n2",\n\n,x\r"open')).toEqual([
    ['a', 'b "c", d'],
    ['1\n2', ''],
    ['', 'x'],
    ['open'],
  ]);
});
