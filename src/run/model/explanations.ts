/** Where a classifier looked: what spoke for each photo's likeliest class. Loaded where it is asked for. */
import type { DecodedImage } from '../../data/index.ts';
import { classMaps } from '../../train/index.ts';
import type { Explanation } from '../explain.ts';
import type { Classifier } from './classifier.ts';

/** Images whose gradients are computed together. */
const BATCH = 16;

/** What spoke for each image's class of that index; the images are as the classifier's transform makes them. */
export async function explainAll(
  { model, classes }: Classifier,
  images: readonly DecodedImage[],
  likeliest: readonly number[],
): Promise<Explanation[]> {
  const [first] = images;
  if (!first) return [];
  const none = new Uint8Array();
  const set = { width: first.width, height: first.height, image: (i: number) => images[i]?.data ?? none };
  const maps = await classMaps(model, set, [...images.keys()], likeliest, BATCH);
  return images.flatMap((seen, i) => {
    const [map, index = -1] = [maps[i], likeliest[i]];
    return map ? [{ class: classes[index] ?? String(index), map, seen }] : [];
  });
}
