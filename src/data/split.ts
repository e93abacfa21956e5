// Sets a part of every class aside for validation, the same part on every machine for the same files and seed.

import { DataError } from './errors.ts';
import type { LabelledPath } from './folder.ts';
import { createRandom, permutation } from '../random.ts';

/** Keeps the split's random stream apart from those of epochs. */
const SPLIT_STREAM = 0x5b117;

/**
 * Splits labelled files, class by class, into training and validation; of n files round(n · validFraction) are set
 * aside, but at least one and never all where a class has two or more. Both parts keep the given order.
 *
 * ```ts
 * const images = ['a', 'b', 'c', 'd', 'e'].map((path) => ({ path, label: 0 }));
 * const { train, valid } = stratifiedSplit(images, { validFraction: 0.2, seed: 0 });
 * [train.length, valid.length]; // → [4, 1]
 * ```
 *
 * @throws RangeError if `validFraction` is not between 0 and 1, DataError if no class has two files.
 */
export function stratifiedSplit(
  images: readonly LabelledPath[],
  { validFraction, seed }: { readonly validFraction: number; readonly seed: number },
): { train: LabelledPath[]; valid: LabelledPath[] } {
  if (!(validFraction > 0 && validFraction < 1)) {
    throw new RangeError(
      `The fraction set aside for validation must lie between 0 and 1, not ${validFraction}.`,
    );
  }
  const setAside = new Set<LabelledPath>();
  for (const [label, members] of byLabel(images)) {
    const { length } = members;
    const count = Math.max(Math.min(1, length - 1), Math.min(Math.round(length * validFraction), length - 1));
    const order = permutation(length, createRandom(seed, SPLIT_STREAM, label));
    for (const index of order.subarray(0, count)) {
      const image = members[index];
      if (image) setAside.add(image);
    }
  }
  if (setAside.size === 0) {
    throw new DataError('Every class has a single photo, which leaves none for validation: add more photos.');
  }
  return {
    train: images.filter((image) => !setAside.has(image)),
    valid: images.filter((image) => setAside.has(image)),
  };
}

function byLabel(images: readonly LabelledPath[]): Map<number, LabelledPath[]> {
  const groups = new Map<number, LabelledPath[]>();
  for (const image of images) {
    const group = groups.get(image.label);
    if (group) group.push(image);
    else groups.set(image.label, [image]);
  }
  return groups;
}
