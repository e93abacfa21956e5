// Turning an image upright: cameras store the sensor's rows as they are and note how the picture is to be turned. Where such notes
// stand is in orientation-note.ts.

import type { DecodedImage } from './image.ts';

/** How stored rows and columns lie on the upright picture: 1 (upright) to 8, as EXIF 2.32 § 4.6.4 numbers them. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * Turns an image upright; orientation 1 gives the same object back.
 *
 * Each orientation is an affine walk through the source: where the upright picture's first pixel lies, and by how many
 * pixels the source moves for one step right and one step down.
 */
export function applyOrientation(image: DecodedImage, orientation: Orientation): DecodedImage {
  if (orientation === 1) return image;
  const { width: w, height: h, data } = image;
  const swapped = orientation >= 5;
  const width = swapped ? h : w;
  const height = swapped ? w : h;
  const { start, right, down } = walk(orientation, w, h);
  const out = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    let from = 3 * (start + y * down);
    for (let x = 0; x < width; x++, to += 3, from += 3 * right) {
      out[to] = data[from] ?? 0;
      out[to + 1] = data[from + 1] ?? 0;
      out[to + 2] = data[from + 2] ?? 0;
    }
  }
  return { width, height, data: out };
}

/** Start and strides, in pixels of the stored [h, w] image. */
function walk(orientation: Orientation, w: number, h: number) {
  const last = h * w - 1;
  switch (orientation) {
    case 1:
      return { start: 0, right: 1, down: w };
    case 2: // mirrored left to right
      return { start: w - 1, right: -1, down: w };
    case 3: // turned by 180°
      return { start: last, right: -1, down: -w };
    case 4: // mirrored top to bottom
      return { start: last - w + 1, right: 1, down: -w };
    case 5: // transposed
      return { start: 0, right: w, down: 1 };
    case 6: // to be turned 90° clockwise
      return { start: last - w + 1, right: -w, down: 1 };
    case 7: // transposed over the other diagonal
      return { start: last, right: -w, down: -1 };
    case 8: // to be turned 90° anticlockwise
      return { start: w - 1, right: w, down: -1 };
  }
}
