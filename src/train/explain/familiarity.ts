/**
 * Whether a photo is like those that a network learned from. A softmax cannot say it: it shares out all of its certainty among the
 * classes that it has, whatever it is shown. Features can: the mean distance from a photo's to the nearest of the training photos', all
 * of length 1 (Sun et al. 2022), is compared with the same distance of the validation photos, so that what is said is a rank among
 * photos which are like the training photos and were not learned (docs/decisions.md has the measurements).
 */

/** What is kept of a training set. */
export interface KnownPhotos {
  /** Features of some training photos, each of length 1: [rows, width], row by row. */
  readonly rows: Float32Array;
  readonly width: number;
  /** How far some validation photos are from them, the nearest first. */
  readonly distances: Float32Array;
}

/** How like a photo is to those that a network learned from: plain data. */
export interface Familiarity {
  /** From the nearest training photos, 0 … 2. */
  readonly distance: number;
  /** How many of the validation photos are nearer, of how many. */
  readonly fartherThan: number;
  readonly of: number;
  /** Whether it is unlike all that the network learned from; undefined where there were too few validation photos to tell. */
  readonly unlike: boolean | undefined;
}

/** So many training photos are kept at most: more tell unlike photos no better. */
export const MOST_KNOWN = 512;
/** And so many validation photos are compared with at most: five are beyond 99 of 100. */
export const MOST_COMPARED = 500;

/** The training photos to which a photo's distance is taken, on average: one alone may be odd. */
const NEIGHBOURS = 5;
/** A photo like those that were learned is called unlike about so often, as often as one of the validation photos would be. */
const FALSE_ALARMS = 0.01;
/** With fewer validation photos than this, farther than all would be said of more than 1 in 20 that are not unlike. */
const LEAST_COMPARED = 19;

/** Rows of features [n, width] at length 1; what is all zeros stays so. */
export function unitRows(features: Float32Array, width: number): Float32Array {
  const unit = new Float32Array(features.length);
  for (let from = 0; from < features.length; from += width) {
    const row = features.subarray(from, from + width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0)
      unit.set(
        row.map((value) => value / length),
        from,
      );
  }
  return unit;
}

/** The mean distance from features [width] to the nearest of `rows`; 0 … 2. */
export function distanceFrom(
  { rows, width }: Pick<KnownPhotos, 'rows' | 'width'>,
  features: Float32Array,
): number {
  const own = unitRows(features, width);
  const nearest: number[] = []; // squared, the largest last
  for (let from = 0; from < rows.length; from += width) {
    let squared = 0;
    // In bounds: rows are whole.
    for (let i = 0; i < width; i++) squared += (rows[from + i]! - own[i]!) ** 2;
    if (nearest.length === NEIGHBOURS && squared >= (nearest.at(-1) ?? 0)) continue;
    const place = nearest.findIndex((other) => other > squared);
    nearest.splice(place < 0 ? nearest.length : place, 0, squared);
    nearest.length = Math.min(nearest.length, NEIGHBOURS);
  }
  return nearest.reduce((sum, squared) => sum + Math.sqrt(squared), 0) / nearest.length;
}

/** How like a photo with these features [width] is to the known ones. */
export function familiarityOf(known: KnownPhotos, features: Float32Array): Familiarity {
  const { distances } = known;
  const distance = distanceFrom(known, features);
  const fartherThan = distances.reduce((count, other) => count + (other < distance ? 1 : 0), 0);
  const of = distances.length;
  const found = { distance, fartherThan, of };
  const isRare = rarity(found) <= Math.max(FALSE_ALARMS, 1 / (of + 1));
  return { ...found, unlike: of < LEAST_COMPARED ? undefined : isRare };
}

/**
 * How often a photo that is like the others is at least as far away as this one (a conformal p-value): 1 for the most familiar,
 * towards 0 for what is unlike.
 */
export const rarity = ({ fartherThan, of }: Pick<Familiarity, 'fartherThan' | 'of'>): number =>
  (1 + of - fartherThan) / (of + 1);
