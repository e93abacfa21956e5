/** A photo as a network is to see it, at a size of one's choice: cut and resized in the network's own way. */
import { applyTransform, transformedSize, type DecodedImage, type Transform } from '../../data/index.ts';

/** The smallest image whose last activation in a ResNet has a place, and one that any machine can hold all activations of. */
export const LEAST_SIDE = 32;
export const MOST_SIDE = 256;

/** The same way of preparing photos for images of `side` pixels. */
export function atSize(transform: Transform, side: number): Transform {
  if (transform.kind === 'resize') return { ...transform, width: side, height: side };
  return { ...transform, resize: Math.round((transform.resize * side) / transform.crop), crop: side };
}

/** The photo [side, side, 3]. Throws `RangeError` for a side that is too small or too large. */
export function prepare(photo: DecodedImage, transform: Transform, side: number): DecodedImage {
  if (!(Number.isInteger(side) && side >= LEAST_SIDE && side <= MOST_SIDE))
    throw new RangeError(`An image to look at has ${LEAST_SIDE} to ${MOST_SIDE} pixels a side, not ${side}.`);
  return applyTransform(photo, atSize(transform, side));
}

/** The side that a network looks at photos in, as far as this can show them. */
export const ownSide = (transform: Transform): number =>
  Math.min(MOST_SIDE, Math.max(LEAST_SIDE, transformedSize(transform).width));
