// Antialiased bilinear resizing that gives PIL's bytes exactly, and with them torchvision's `Resize` on PIL images: a
// triangle filter widened by the reduction, applied along rows and then columns in 8-bit fixed point (Pillow's
// Resample.c). Weights pretrained with torchvision saw images made this way, so a near miss would cost accuracy.

import type { Colour, DecodedImage } from './image.ts';

/** How an image file becomes pixels of a fixed size; plain data, so that it can be sent to a worker. */
export type Transform = (
  | { readonly kind: 'resize-short-crop'; readonly resize: number; readonly crop: number }
  | { readonly kind: 'resize'; readonly width: number; readonly height: number }
) & {
  /** What shows through transparent pixels; without it their opacity is dropped. */
  readonly background?: Colour | undefined;
  /** Photos with so many times as many pixels a side may be made smaller while they are decoded; without it none are. */
  readonly shrinkFrom?: number | undefined;
};

/** The size in pixels of every image that `transform` gives. */
export function transformedSize(transform: Transform): { readonly width: number; readonly height: number } {
  return transform.kind === 'resize'
    ? { width: transform.width, height: transform.height }
    : { width: transform.crop, height: transform.crop };
}

/**
 * Applies a transform to an RGB image [H, W, 3].
 *
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }; // a red pixel and a blue one
 * const { width, height } = applyTransform(image, { kind: 'resize-short-crop', resize: 4, crop: 3 });
 * [width, height]; // → [3, 3]
 * ```
 *
 * @throws RangeError if one of its sizes is not a positive whole number.
 */
export function applyTransform(image: DecodedImage, transform: Transform): DecodedImage {
  switch (transform.kind) {
    case 'resize':
      return resizeTo(image, transform.width, transform.height);
    case 'resize-short-crop':
      return centerCrop(resizeShort(image, transform.resize), transform.crop);
  }
}

/**
 * torchvision's `Resize(size)` of an RGB image [H, W, 3]: the short side becomes `size` pixels, the long one ⌊size · long / short⌋.
 *
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }; // a red pixel and a blue one
 * resizeShort(image, 10).width; // → 20
 * ```
 *
 * @throws RangeError if `size` is not a positive whole number.
 */
export function resizeShort(image: DecodedImage, size: number): DecodedImage {
  checkSize(size);
  const { width, height } = image;
  const long = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  return width <= height ? resizeTo(image, size, long) : resizeTo(image, long, size);
}

/**
 * Resizes an RGB image [H, W, 3] to `width` × `height` pixels, as `PIL.Image.resize((width, height), BILINEAR)`.
 *
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }; // a red pixel and a blue one
 * resizeTo(image, 1, 1).data; // → Uint8Array.of(128, 0, 128)
 * ```
 *
 * @throws RangeError if one of them is not a positive whole number.
 */
export function resizeTo(image: DecodedImage, width: number, height: number): DecodedImage {
  checkSize(width);
  checkSize(height);
  const narrow = image.width === width ? image : resampleRows(image, width);
  return narrow.height === height ? narrow : resampleColumns(narrow, height);
}

/**
 * torchvision's `CenterCrop(size)`: cuts a square out of the middle; where the image is smaller it is first padded with
 * black. The offset rounds half to even, as Python does.
 *
 * ```ts
 * const image = { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }; // a red pixel and a blue one
 * centerCrop(image, 1).data; // → Uint8Array.of(255, 0, 0)
 * ```
 */
export function centerCrop(image: DecodedImage, size: number): DecodedImage {
  checkSize(size);
  const { width, height, data } = image;
  // Where the crop's first pixel lies in the image; negative inside the padding.
  const left = cropStart(width, size);
  const top = cropStart(height, size);
  const out = new Uint8Array(size * size * 3);
  const x0 = Math.max(left, 0);
  const x1 = Math.min(left + size, width);
  for (let y = Math.max(top, 0); y < Math.min(top + size, height); y++) {
    const row = data.subarray(3 * (y * width + x0), 3 * (y * width + x1));
    out.set(row, 3 * ((y - top) * size + x0 - left));
  }
  return { width: size, height: size, data: out };
}

function cropStart(length: number, size: number): number {
  if (length < size) return -Math.floor((size - length) / 2);
  const half = (length - size) / 2;
  const below = Math.floor(half);
  return half === below || below % 2 === 0 ? below : below + 1;
}

function checkSize(size: number): void {
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`An image size must be a positive whole number of pixels, not ${size}.`);
  }
}

/** Bits behind the binary point of a filter weight: 32 − 8 for the pixel − 2 for the sum. */
const PRECISION_BITS = 22;

/** For each output pixel: the first input pixel under its filter, how many there are, and their fixed-point weights. */
interface Filters {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [output pixel, taps]. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` for the triangle filter. */
function triangleFilters(inSize: number, outSize: number): Filters {
  const scale = inSize / outSize;
  // Enlarging interpolates between neighbours; reducing widens the triangle so that every input pixel counts.
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const weights = new Int32Array(outSize * taps);
  const triangle = new Float64Array(taps);
  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const length = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const weight = Math.max(0, 1 - Math.abs((k + start - center + 0.5) * (1 / support)));
      triangle[k] = weight;
      sum += weight;
    }
    first[i] = start;
    count[i] = length;
    for (let k = 0; k < length; k++) {
      weights[i * taps + k] = Math.trunc(0.5 + ((triangle[k] ?? 0) / sum) * (1 << PRECISION_BITS));
    }
  }
  return { first, count, weights, taps };
}

// A sum of weights can pass 1 by a few units in the last place, hence the clip; it cannot fall below 0.
const toByte = (sum: number) => Math.min(sum >> PRECISION_BITS, 255);
const HALF = 1 << (PRECISION_BITS - 1);

/* The loops below read typed arrays inside their bounds: `!` there states what the index arithmetic guarantees and keeps
   a branch out of the innermost loop. */

function resampleRows(image: DecodedImage, width: number): DecodedImage {
  const { first, count, weights, taps } = triangleFilters(image.width, width);
  const { data, height } = image;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let from = 3 * (y * image.width + first[x]!);
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (let k = x * taps, end = k + count[x]!; k < end; k++, from += 3) {
        const weight = weights[k]!;
        r += data[from]! * weight;
        g += data[from + 1]! * weight;
        b += data[from + 2]! * weight;
      }
      out[to] = toByte(r);
      out[to + 1] = toByte(g);
      out[to + 2] = toByte(b);
    }
  }
  return { width, height, data: out };
}

function resampleColumns(image: DecodedImage, height: number): DecodedImage {
  const { first, count, weights, taps } = triangleFilters(image.height, height);
  const { data, width } = image;
  const stride = 3 * width;
  const out = new Uint8Array(stride * height);
  // A whole row at a time: walking down single columns would miss the cache at every step.
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * taps + k]!;
      const row = (first[y]! + k) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += data[row + i]! * weight;
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) out[to + i] = toByte(sums[i]!);
  }
  return { width, height, data: out };
}
