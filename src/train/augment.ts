/**
 * How photos are varied in training: a random crop of a slightly larger square, a flip, brightness and contrast. What
 * happens to an image is drawn from a stream of its own (seed, epoch, index), so it depends neither on the batch that
 * the image falls into nor on what was drawn before: a resumed run and another machine see the same pictures.
 */
import type { Transform } from '../data/index.ts';
import type { Augmentation } from '../kernels/preprocess/index.ts';
import { createRandom } from '../random.ts';

/** `standard` varies every photo anew in each epoch; `none` shows it as validation does. */
export const augmentations = ['none', 'seed', 'standard', 'strong'] as const;
export type AugmentName = (typeof augmentations)[number];

/** Brightness and contrast vary by up to a fifth either way, as ColorJitter(0.2, 0.2). */
const JITTER = 0.2;
/** Training photos are this much larger than the crop: 150 pixels for a crop of 128. */
const ROOM = 150 / 128;
/** Keeps these random streams apart from those of the split, the shuffle and the head. */
const AUGMENT_STREAM = 0xa06;

/** How files become images of `size` × `size` pixels (validation) or of what is cropped to that (training). */
export function transformsFor(size: number, augment: AugmentName): { train: Transform; valid: Transform } {
  const square = (side: number): Transform => ({ kind: 'resize', width: side, height: side });
  return {
    train: square(augment !== 'none' ? Math.round(size * ROOM) : size),
    valid: square(size),
  };
}

/** Draws what happens to image `index` in `epoch`: a crop of `size` pixels out of one of `height` × `width`. */
export function drawAugmentation(
  { height, width, size }: { readonly height: number; readonly width: number; readonly size: number },
  { seed, epoch, index }: { readonly seed: number; readonly epoch: number; readonly index: number },
): Augmentation {
  const random = createRandom(seed, AUGMENT_STREAM, epoch, index);
  const factor = () => 1 + JITTER * (2 * random.uniform() - 1);
  return {
    cropX: random.below(width - size + 1),
    cropY: random.below(height - size + 1),
    flip: random.below(2) === 1,
    brightness: factor(),
    contrast: factor(),
    contrastFirst: random.below(2) === 1,
  };
}
