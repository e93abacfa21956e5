// The parts of the photos' page that need no page: warnings in words, what keys choose, and classes that are merged and undone.
import { describe, expect, it } from 'vitest';
import type { PhotoSet } from '../../web/src/engine/photos/photo-set.ts';
import { className, Collection } from '../../web/src/engine/photos/collection.ts';
import { readIndex, writeIndex } from '../../web/src/engine/photos/index-file.ts';
import { divisionOf, photosByPath } from '../../web/src/engine/photos/tree.ts';
import { Choice } from '../../web/src/train/photos/grid-choice.ts';
import { photoWarnings } from '../../web/src/train/photos/warnings.ts';

/** Classes by name, with so many photos each, of which so many are set aside. */
const setOf = (classes: Readonly<Record<string, readonly [count: number, valid?: number]>>): PhotoSet => ({
  classes: Object.entries(classes).map(([name, [count, valid = 0]]) => ({
    id: name,
    name,
    count,
    valid,
    first: [],
  })),
  ...{ division: 'none', contradictions: 0, contradicting: [], renamed: {}, canUndo: false },
});

describe('warnings', () => {
  it('say nothing where all is well, and names and numbers where it is not', () => {
    expect(photoWarnings(setOf({ cats: [100], dogs: [80], empty: [0] }))).toEqual([]);
    expect(photoWarnings(setOf({ cats: [400], dogs: [7] }))).toEqual([
      '“dogs” has 7 photos. 20 a class are a beginning, 100 are better.',
      '“cats” has 400 photos and “dogs” 7: the network will lean towards “cats”. Add photos to the smaller class, or take some from the larger one.',
    ]);
    expect(
      photoWarnings({
        ...setOf({ a: [30, 5], b: [30], c: [30, 30] }),
        division: 'incomplete',
        contradictions: 2,
      }),
    ).toEqual([
      '2 photos are in two classes with the same bytes. They cannot be both: remove each from one of them.',
      'Some photos are set aside for validation, but “b” has none of these and “c” has only these. Until every class has both, all photos are trained on, and graft sets some aside by itself.',
    ]);
  });
});

describe('a choice in a grid', () => {
  const grid = { columns: 4, rows: 2, length: 10 };
  const press = (choice: Choice, ...keys: string[]) =>
    keys.reduce((at, text) => {
      const key = text.replace(/^(Shift|Control)\+/, '');
      const modifiers = {
        shiftKey: text.startsWith('Shift'),
        ctrlKey: text.startsWith('Control'),
        metaKey: false,
      };
      return at.key({ key, ...modifiers }, grid) ?? at;
    }, choice);

  it('follows the keys of lists of files', () => {
    expect(press(Choice.none, 'ArrowDown', 'ArrowRight', ' ').indexes).toEqual([5]);
    expect(press(Choice.none, 'ArrowRight', 'Shift+ArrowDown').indexes).toEqual([1, 2, 3, 4, 5]);
    expect(press(Choice.none, 'Control+a').indexes).toHaveLength(10);
    expect(press(Choice.none, 'Control+a', 'Escape').indexes).toEqual([]);
    expect(press(Choice.none, 'End', 'ArrowDown').active).toBe(9);
    expect(press(Choice.none, 'PageDown').active).toBe(8);
    expect(
      Choice.none.key({ key: 'x', shiftKey: false, ctrlKey: false, metaKey: false }, grid),
    ).toBeUndefined();
    expect(press(Choice.none, 'End', ' ').among(5)).toMatchObject({ active: 4, indexes: [] });
  });
});

describe('the collection of photos', () => {
  const filled = () => {
    const collection = new Collection(readIndex(undefined));
    for (const [name, ...photos] of [
      ['cats', '1.png', '2.png'],
      ['dogs', '1.png'],
    ] as const)
      for (const photo of photos)
        collection.add({ id: `${name} ${photo}`, name: photo, sha256: photo }, collection.makeClass(name));
    return collection;
  };
  const told = ({ classes }: Collection) =>
    classes.map(({ name, photos }) => [name, ...photos.map((photo) => photo.name)].join(' '));

  it('merges classes under free names, and undoes it', () => {
    const collection = filled();
    const before = collection.rename(collection.classNamed('dogs')?.id ?? '', ' cats ');
    expect(told(collection)).toEqual(['cats 1.png 2.png 1 (2).png']);
    if (before) collection.undo(before);
    expect(told(collection)).toEqual(['cats 1.png 2.png', 'dogs 1.png']);
    expect(collection.contradictions()).toHaveLength(1);
  });

  it('brings back photos and classes to where they were, beside what came meanwhile', () => {
    const collection = filled();
    const before = collection.removeClass(collection.classNamed('cats')?.id ?? '');
    collection.add({ id: 'new', name: '1.png' }, collection.makeClass('cats'));
    if (before) collection.undo(before);
    expect(told(collection)).toEqual(['cats (2) 1.png 2.png', 'dogs 1.png', 'cats 1.png']);
  });

  it('is divided as its folders were only where every class has both parts', () => {
    const collection = filled();
    expect(divisionOf(collection.classes)).toBe('none');
    collection.mark(['cats 1.png'], 'val');
    expect(divisionOf(collection.classes)).toBe('incomplete');
    expect([...photosByPath(collection.classes).keys()]).toEqual([
      'photos/cats/val/1.png',
      'photos/cats/2.png',
      'photos/dogs/1.png',
    ]);
    collection.mark(['dogs 1.png'], 'val');
    collection.add({ id: 'd', name: '1.png' }, collection.makeClass('dogs'));
    expect([...photosByPath(collection.classes).keys()].sort()).toEqual([
      ...['photos/train/cats/2.png', 'photos/train/dogs/1 (2).png'],
      ...['photos/val/cats/1.png', 'photos/val/dogs/1.png'],
    ]);
  });

  it('is read again as it was written, and refused where that is damaged', () => {
    const collection = filled();
    expect(told(new Collection(readIndex(writeIndex(collection.index))))).toEqual(told(collection));
    for (const text of ['{', '{"version":3,"classes":[]}', '{"version":2,"classes":[{"id":1}]}'])
      expect(() => readIndex(new TextEncoder().encode(text))).toThrow();
  });

  it('names classes so that they can be folders', () => {
    expect(['a/b', ' x ', '..', '.git', '__MACOSX', 'é<b>'].map(className)).toEqual([
      'a-b',
      'x',
      'unnamed',
      'git',
      'unnamed',
      'é<b>',
    ]);
  });
});
