// How large a photo need be decoded. A photo of 12 megapixels on its way to 224 × 224 pixels is mostly thrown away; a JPEG's decoder can
// leave out its high frequencies and give it at a half or less for a fraction of the work. To stay close to what Pillow's filter makes of
// the whole photo, three times as many pixels a side are left as are wanted, of which that filter then makes the result.
import { transformedSize, type Transform } from './resize.ts';

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a decoder is told of the transform that comes after it: the size to decode a photo of this size to; undefined for its own. */
export type ShrinkTo = (photo: Size) => Size | undefined;

/** How many times as many pixels a side as are wanted are left. */
const LEFT = 3;

/** Photos on their way through `transform` that have `shrinkFrom` times as many pixels a side as it wants are decoded to three times. */
export function shrinkTo(transform: Transform): ShrinkTo {
  const { shrinkFrom } = transform;
  if (shrinkFrom === undefined) return () => undefined;
  return (photo) => {
    const wanted = wantedOf(transform, photo);
    const excess = Math.min(photo.width / wanted.width, photo.height / wanted.height);
    if (excess < Math.max(shrinkFrom, LEFT)) return undefined;
    return { width: Math.round(LEFT * wanted.width), height: Math.round(LEFT * wanted.height) };
  };
}

/** The size, before any crop and not yet whole numbers, that the transform resizes the photo to. */
function wantedOf(transform: Transform, { width, height }: Size): Size {
  if (transform.kind === 'resize') return transformedSize(transform);
  const scale = transform.resize / Math.min(width, height);
  return { width: scale * width, height: scale * height };
}
