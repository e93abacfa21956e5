import { describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import type { Dataset, ImageSet } from '../../data/index.ts';
import { dataDifferences, Fingerprinter, parseFingerprint } from './fingerprint.ts';

/** A set of 1 × 1 photos: class, name, value. */
function photos(dir: string, ...list: (readonly [label: number, name: string, value: number])[]): ImageSet {
  return {
    count: list.length,
    width: 1,
    height: 1,
    image: (index) => new Uint8Array(3).fill(list[index]?.[2] ?? 0),
    labels: Int32Array.from(list, ([label]) => label),
    paths: list.map(([, name]) => `${dir}/${name}`),
  };
}
const sha256 = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') };
};
function fingerprint(data: Dataset, dir: string) {
  const made = new Fingerprinter({ classes: data.classes, dir, decoder: 'graft', sha256 });
  for (const part of ['train', 'valid'] as const) {
    const set = data[part];
    set.paths.forEach((path, i) => made.add({ part, path, label: set.labels[i] ?? 0, data: set.image(i) }));
  }
  return made.of(data);
}
const dataset = (train: ImageSet, valid: ImageSet, classes = ['cats', 'dogs']): Dataset => ({
  classes,
  train,
  valid,
  skipped: [],
  ignored: new Map(),
});
const cats = [0, 'cats/1.jpg', 1] as const;
const cats2 = [0, 'cats/2.jpg', 2] as const;
const dogs = [1, 'dogs/1.jpg', 3] as const;
const valid = [1, 'dogs/9.jpg', 9] as const;
const of = (...train: Parameters<typeof photos>[1][]) =>
  fingerprint(dataset(photos('d', ...train), photos('d', valid)), 'd');
const before = of(cats, cats2, dogs);

describe('a fingerprint of photos', () => {
  it('stays where the folder moves, and through a file', () => {
    const moved = fingerprint(dataset(photos('/x/y', cats, cats2, dogs), photos('/x/y', valid)), '/x/y/');
    expect(moved).toEqual(before);
    expect(parseFingerprint(JSON.parse(JSON.stringify(before)))).toEqual(before);
    expect(dataDifferences(before, moved)).toEqual([]);
  });

  it('says which decoder read the photos; in older runs it was graft', () => {
    const { train, valid } = before;
    expect(parseFingerprint({ decoder: 'browser', train, valid })?.decoder).toBe('browser');
    expect(parseFingerprint({ train, valid })).toEqual(before);
    expect(parseFingerprint({ decoder: 'of tomorrow', train, valid })).toBeUndefined();
  });

  it.each([
    ['a photo fewer', of(cats, dogs), ['"cats" had 2 training photos, now 1']],
    [
      'differs from the one in the directory',
      of(cats, [0, 'cats/3.jpg', 2], dogs),
      ['"cats" has 2 training photos as before, but not the same'],
    ],
    [
      'another pixel',
      of(cats, cats2, [1, 'dogs/1.jpg', 4]),
      ['"dogs" has 1 training photo as before, but not the same'],
    ],
  ])('tells of %s', (_, now, differences) => expect(dataDifferences(before, now)).toEqual(differences));

  it('tells of classes that came and went', () => {
    const set = photos('d', cats, cats2, dogs);
    const now = fingerprint(dataset(set, photos('d', valid), ['cats', 'birds']), 'd');
    expect(dataDifferences(before, now)).toEqual([
      'the class "dogs" is gone',
      'there is a new class "birds"',
    ]);
  });

  it('does not blame the photos where their size differs', () => {
    const set = { ...photos('d', cats, cats2, dogs), width: 2, data: new Uint8Array(18) };
    expect(dataDifferences(before, fingerprint(dataset(set, photos('d', valid)), 'd'))).toEqual([
      'training photos were read at 1 × 1 pixels, now at 2 × 1',
    ]);
  });
});
