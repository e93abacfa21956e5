// The emoji pictures that come with npm as two data sets: animals and food, told apart by the default run, and all the
// other kinds, which a network may learn to see from without having met an animal or a dish.

import { DataError } from './errors.ts';
import type { ImageFolder, LabelledPath } from './folder.ts';
import { NONE_IGNORED } from './ignored.ts';

export interface EmojiImage {
  /** Name of the PNG. */
  readonly file: string;
  /** Unicode's groups, such as "Animals & Nature", and the finer ones in it, such as "animal-bird". */
  readonly category: string;
  readonly subcategory: string;
}

/** The emoji as one company draws them. */
export interface EmojiSet {
  readonly name: string;
  /** The folder that holds the PNGs. */
  readonly dir: string;
  readonly images: readonly EmojiImage[];
}

/**
 * The emoji that `set` has drawn, from the parsed table emoji.json of the emoji-datasource packages; the variants in
 * other skin tones are left out. `source` names the table in messages.
 * @throws DataError if the table is not of the form known.
 */
export function emojiImages(table: unknown, set: string, source: string): EmojiImage[] {
  if (!Array.isArray(table)) throw wrongTable(source, 'it is not a list');
  return table.flatMap((entry: unknown, i) => {
    const fields = Object(entry) as Record<string, unknown>;
    const { image: file, category, subcategory, [`has_img_${set}`]: isDrawn } = fields;
    const isText = (value: unknown) => typeof value === 'string' && value !== '';
    if (!isText(file) || !isText(category) || !isText(subcategory) || typeof isDrawn !== 'boolean')
      throw wrongTable(source, `entry ${i} lacks its image, category, subcategory or has_img_${set}`);
    return isDrawn ? [{ file, category, subcategory } as EmojiImage] : [];
  });
}

const wrongTable = (source: string, problem: string) =>
  new DataError(`${source} is not the table of emoji that graft knows: ${problem}.`);

/**
 * Flags are too many and too alike; "Component" holds bare skin tones; the rest is what the default run tells apart.
 */
const LEFT_OUT = ['Animals & Nature', 'Food & Drink', 'Flags', 'Component'];

/** All drawings but those of animals, plants, food and flags; the classes are their subcategories, sorted. */
export function subcategories(sets: readonly EmojiSet[]): ImageFolder {
  const images = sets.flatMap((set) =>
    set.images
      .filter(({ category }) => !LEFT_OUT.includes(category))
      .map((image) => ({ path: pathOf(set, image), name: image.subcategory })),
  );
  const classes = [...new Set(images.map(({ name }) => name))].sort();
  const train = images.map(({ path, name }) => ({ path, label: classes.indexOf(name) }));
  return { classes, train, valid: undefined, ignored: NONE_IGNORED };
}

/**
 * Animals and food, without plants, dishes and drinks; trained on one set and validated on another,
 * so that no drawing is in both.
 */
export function animalOrFood({
  train,
  valid,
}: {
  readonly train: EmojiSet;
  readonly valid: EmojiSet;
}): ImageFolder {
  const classes = ['animal', 'food'];
  const labelled = (set: EmojiSet): LabelledPath[] =>
    set.images.flatMap((image) => {
      const label = classes.findIndex((name) => image.subcategory.startsWith(`${name}-`));
      return label < 0 ? [] : [{ path: pathOf(set, image), label }];
    });
  return { classes, train: labelled(train), valid: labelled(valid), ignored: NONE_IGNORED };
}

const pathOf = ({ dir }: EmojiSet, { file }: EmojiImage) => `${dir}/${file}`;
