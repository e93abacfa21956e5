import { describe, expect, it } from 'vitest';
import { placePhotos } from './layout.ts';

const isPhoto = (name: string) => /\.(jpg|png)$/.test(name);

/** The places in short: class, name and part, or what becomes of the file. */
function placed(...paths: string[]): string[] {
  return placePhotos(paths, isPhoto).map((place) => {
    if (place.kind === 'photo') return [place.className, place.name, place.part].filter(Boolean).join(' ');
    if (place.kind === 'loose') return `loose ${place.name}`;
    return place.kind === 'hidden' ? 'hidden' : place.reason;
  });
}

describe('placePhotos', () => {
  it.each([
    ['a folder of class folders', ['d/cats/1.jpg', 'd/dogs/1.jpg'], ['cats 1.jpg', 'dogs 1.jpg']],
    ['class folders by themselves', ['cats/1.jpg', 'dogs/2.jpg'], ['cats 1.jpg', 'dogs 2.jpg']],
    ['one class folder', ['cats/1.jpg', 'cats/2.jpg'], ['cats 1.jpg', 'cats 2.jpg']],
    ['folders around folders', ['a/b/cats/1.jpg', 'a/b/dogs/1.jpg'], ['cats 1.jpg', 'dogs 1.jpg']],
    ['folders inside a class', ['d/cats/x/1.jpg', 'd/dogs/1.jpg'], ['cats x/1.jpg', 'dogs 1.jpg']],
    ['photos of a class further in', ['cats/1.jpg', 'cats/x/2.jpg'], ['cats 1.jpg', 'cats x/2.jpg']],
    ['loose photos', ['1.jpg', './2.jpg'], ['loose 1.jpg', 'loose 2.jpg']],
    ['loose photos beside folders', ['1.jpg', 'cats/1.jpg'], ['loose 1.jpg', 'cats 1.jpg']],
    [
      'train and val',
      ['d/train/cats/1.jpg', 'd/Val/cats/1.jpg', 'd/train/dogs/1.jpg'],
      ['cats 1.jpg train', 'cats 1.jpg val', 'dogs 1.jpg train'],
    ],
    ['val alone', ['val/cats/1.jpg', 'val/dogs/1.jpg'], ['cats 1.jpg val', 'dogs 1.jpg val']],
    [
      'parts by other names, wrapped once more',
      [
        ...['a/training_set/training_set/cats/1.jpg', 'a/training_set/training_set/dogs/1.jpg'],
        ...['a/test_set/test_set/cats/2.jpg', 'a/test_set/test_set/dogs/2.jpg'],
      ],
      ['cats 1.jpg train', 'dogs 1.jpg train', 'cats 2.jpg val', 'dogs 2.jpg val'],
    ],
    [
      'train beside photos without classes',
      ['train/cats/1.jpg', 'train/dogs/1.jpg', 'test/1.jpg'],
      ['cats 1.jpg train', 'dogs 1.jpg train', 'has no class: it is in a set without folders of classes'],
    ],
    [
      'parts beside something else',
      ['train/cats/1.jpg', 'train/dogs/1.jpg', 'test/cats/2.jpg', 'other/1.jpg'],
      [
        ...['cats 1.jpg train', 'dogs 1.jpg train', 'cats 2.jpg val'],
        'is in a second set beside "test", which is the one to judge by',
      ],
    ],
    [
      'one class by two spellings',
      ['e\u0301t\u00e9/1.jpg', '\u00e9t\u00e9/2.jpg'],
      ['\u00e9t\u00e9 1.jpg', '\u00e9t\u00e9 2.jpg'],
    ],
    [
      'classes in names, where nothing else tells them',
      ['train/cat.0.jpg', 'train/cat.1.jpg', 'train/dog.0.jpg', 'train/dog.1.jpg'],
      ['cat cat.0.jpg', 'cat cat.1.jpg', 'dog dog.0.jpg', 'dog dog.1.jpg'],
    ],
    [
      'classes in the names of training photos, beside a test without',
      ['d/train/cat.0.jpg', 'd/train/cat.1.jpg', 'd/train/dog.0.jpg', 'd/train/dog.1.jpg', 'd/test/1.jpg'],
      [
        ...['cat cat.0.jpg train', 'cat cat.1.jpg train', 'dog dog.0.jpg train', 'dog dog.1.jpg train'],
        'has no class: it is in a set without folders of classes',
      ],
    ],
    [
      'a class of photos with all kinds of names',
      ['pets/cat.0.jpg', 'pets/cat.1.jpg', 'pets/dog.0.jpg', 'pets/dog.1.jpg'],
      ['pets cat.0.jpg', 'pets cat.1.jpg', 'pets dog.0.jpg', 'pets dog.1.jpg'],
    ],
    ['a class called train', ['d/train/1.jpg', 'd/cats/1.jpg'], ['train 1.jpg', 'cats 1.jpg']],
  ])('knows %s', (_, paths, places) => expect(placed(...paths)).toEqual(places));

  it('says why it leaves something out', () => {
    expect(placed('d/x.jpg', 'd/cats/1.jpg', 'd/dogs/1.jpg')[0]).toBe(
      'lies beside the folders of the classes',
    );
    expect(placed('a/train/c/1.jpg', 'a/val/c/1.jpg', 'a/test/c/1.jpg', 'a/val/2.jpg').slice(2)).toEqual([
      'is in a second set beside "val", which is the one to judge by',
      'lies beside the folders of the classes',
    ]);
    expect(placed('d/val/cats/1.jpg', 'd/test/cats/1.jpg')).toEqual(
      Array(2).fill('is set aside, and no folder "train" is beside it'),
    );
    expect(placed('d/a/cats/1.jpg', 'd/a/dogs/1.jpg', 'd/b/cats/1.jpg', 'd/b/dogs/1.jpg')).toEqual(
      Array(4).fill(
        'lies in "a" or "b", which hold the same folders and would be no classes: call them "train" and "val", or bring in one of them',
      ),
    );
    expect(placed('cats/notes.TXT', 'cats/README', '../cats/1.jpg')).toEqual([
      'is no photo by its ending (.txt)',
      'has no ending of a photo',
      'has a path that leads out of its folder',
    ]);
    expect(placed('__MACOSX/cats/1.jpg', 'cats/.DS_Store', '')).toEqual(['hidden', 'hidden', 'hidden']);
  });

  it('lets files that are no photos decide nothing', () => {
    expect(placed('d/readme.txt', 'd/cats/1.jpg', 'd/.git/x.jpg', 'd/dogs/1.jpg').slice(1)).toEqual([
      'cats 1.jpg',
      'hidden',
      'dogs 1.jpg',
    ]);
  });
});
