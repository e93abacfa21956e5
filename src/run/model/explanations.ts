/** Where a classifier looked: what spoke for a class on each photo, by Grad-CAM. */
import { classMaps } from '../../train/index.ts';
import type { Explain } from './classifier.ts';

/** Images whose gradients are computed together. */
const BATCH = 16;

export const explainAll: Explain = async ({ model, classes }, images, indices) => {
  const [first] = images;
  if (!first) return [];
  const none = new Uint8Array();
  const set = { width: first.width, height: first.height, image: (i: number) => images[i]?.data ?? none };
  const maps = await classMaps(model, set, [...images.keys()], indices, BATCH);
  return images.flatMap((seen, i) => {
    const [map, index = -1] = [maps[i], indices[i]];
    return map ? [{ class: classes[index] ?? String(index), map, seen }] : [];
  });
};
