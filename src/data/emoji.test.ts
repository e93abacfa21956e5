import { describe, expect, it } from 'vitest';
import { animalOrFood, emojiImages, subcategories, type EmojiSet } from './emoji.ts';
import { DataError } from './errors.ts';

const entry = (image: string, category: string, subcategory: string, isDrawn = true) => ({
  ...{ image, category, subcategory, has_img_google: isDrawn, has_img_twitter: true },
  skin_variations: { '1F3FB': { image: `${image}-1f3fb` } },
});

const table = [
  entry('cat.png', 'Animals & Nature', 'animal-mammal'),
  entry('rose.png', 'Animals & Nature', 'plant-flower'),
  entry('bread.png', 'Food & Drink', 'food-prepared'),
  entry('cup.png', 'Food & Drink', 'drink'),
  entry('flag.png', 'Flags', 'country-flag'),
  entry('tone.png', 'Component', 'skin-tone'),
  entry('lock.png', 'Objects', 'lock'),
  entry('key.png', 'Objects', 'lock', false),
  entry('arrow.png', 'Symbols', 'arrow'),
];

const set = (name: string): EmojiSet => ({
  name,
  dir: `/${name}`,
  images: emojiImages(table, name, 'table'),
});

describe('emojiImages', () => {
  it('lists what a set has drawn, without the variants in other skin tones', () => {
    expect(emojiImages(table, 'google', 'table').map(({ file }) => file)).toEqual(
      table.map(({ image }) => image).filter((image) => image !== 'key.png'),
    );
    expect(emojiImages(table, 'twitter', 'table')).toHaveLength(table.length);
  });

  it.each([
    [undefined, /it is not a list/],
    [[...table, null], /entry 9 lacks/],
    [[{ ...table[0], image: '' }], /entry 0 lacks/],
    [[{ ...table[0], has_img_google: undefined }], /entry 0 lacks .* or has_img_google/],
  ])('refuses another table (%#)', (other, message) => {
    expect(() => emojiImages(other, 'google', 'emoji.json')).toThrow(DataError);
    expect(() => emojiImages(other, 'google', 'emoji.json')).toThrow(message);
  });
});

describe('the data sets', () => {
  it('tell animals from food, trained on one set and judged by the other', () => {
    expect(animalOrFood({ train: set('google'), valid: set('twitter') })).toEqual({
      classes: ['animal', 'food'],
      train: [
        { path: '/google/cat.png', label: 0 },
        { path: '/google/bread.png', label: 1 },
      ],
      valid: [
        { path: '/twitter/cat.png', label: 0 },
        { path: '/twitter/bread.png', label: 1 },
      ],
      ignored: new Map(),
    });
  });

  it('have no animal, plant, food or flag among the kinds to pretrain on', () => {
    expect(subcategories([set('google'), set('twitter')])).toEqual({
      classes: ['arrow', 'lock'],
      train: [
        { path: '/google/lock.png', label: 1 },
        { path: '/google/arrow.png', label: 0 },
        { path: '/twitter/lock.png', label: 1 },
        { path: '/twitter/key.png', label: 1 },
        { path: '/twitter/arrow.png', label: 0 },
      ],
      valid: undefined,
      ignored: new Map(),
    });
  });
});
