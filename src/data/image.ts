// The one shape that a decoded image has from the decoders to the GPU, and the limit on how large it may become.

import { ImageError } from './errors.ts';

/** An 8-bit RGB image, `data` laid out as [H, W, 3]. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Red, green and blue, 0 … 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** What drawings with transparent pixels are usually seen on. */
export const WHITE: Colour = [255, 255, 255];

/** The largest image that is decoded unless told otherwise: 100 megapixels, the order of PIL's own limits. */
export const DEFAULT_MAX_PIXELS = 100_000_000;

/**
 * Refuses a size read from a header before any memory is taken for it.
 * @throws ImageError if a side is zero or the image has more than `maxPixels` pixels.
 */
export function checkImageSize(width: number, height: number, maxPixels: number): void {
  if (width === 0 || height === 0) {
    throw new ImageError(`is corrupt: its header says ${width} × ${height} pixels`);
  }
  if (width * height > maxPixels) {
    const megapixels = (pixels: number) => (pixels / 1e6).toFixed(pixels < 1e7 ? 1 : 0);
    throw new ImageError(
      `has ${width} × ${height} pixels (${megapixels(width * height)} megapixels); ` +
        `the limit is ${megapixels(maxPixels)}: make it smaller`,
    );
  }
}

/** Lays the pixel at `out[at …]`, of an opacity of 0 … 255, over `background`. */
export function layOver(out: Uint8Array, at: number, alpha: number, background: Colour): void {
  background.forEach((behind, channel) => {
    const front = out[at + channel] ?? 0;
    out[at + channel] = Math.round((front * alpha + behind * (255 - alpha)) / 255);
  });
}
