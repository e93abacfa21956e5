/**
 * What the network is shown, as a picture for people: images of an augmented batch side by side, read back from the GPU
 * as they went into the network, so that a wrong crop or colour shows.
 */
import { type DecodedImage, IMAGENET_MEAN, IMAGENET_STD } from '../../data/index.ts';
import { drawAugmentation, type AugmentName, type DrawKey } from './augment.ts';
import type { ImageCache } from './image-cache.ts';

export interface BatchPictureOptions extends Omit<DrawKey, 'index'> {
  /** The images to show, row by row. */
  readonly indices: ArrayLike<number>;
  readonly size: number;
  readonly augment: AugmentName;
  /** Images per row. Default: as many as make the sheet about square. */
  readonly columns?: number;
}

/** The images at `indices` as `augment` varies them in `epoch`, as one contact sheet. */
export async function batchPicture(
  images: ImageCache,
  { indices, size, augment, seed, epoch, columns }: BatchPictureOptions,
): Promise<DecodedImage> {
  const room = { height: images.height, width: images.width, size };
  const changes = Array.from(indices, (index) => drawAugmentation(augment, room, { seed, epoch, index }));
  const pixels = await images.gpu.scope(() => images.tensor(indices, size, changes).read());
  return contactSheet(pixels, { count: indices.length, size }, columns);
}

/** Pixels between the images of a sheet, and around them; they are white. */
const GAP = 2;

/**
 * Normalised images [count, size, size, 3] → an RGB image, `columns` of them per row. Throws `RangeError` unless there is
 * an image and a column.
 */
export function contactSheet(
  pixels: Float32Array,
  { count, size }: { readonly count: number; readonly size: number },
  columns = Math.ceil(Math.sqrt(count)),
): DecodedImage {
  if (count < 1 || !Number.isInteger(columns) || columns < 1)
    throw new RangeError(`A sheet of ${count} images in ${columns} columns would be empty.`);
  const pitch = size + GAP;
  const width = Math.min(columns, count) * pitch + GAP;
  const height = Math.ceil(count / columns) * pitch + GAP;
  const data = new Uint8Array(width * height * 3).fill(255);
  const rowFloats = size * 3;
  for (let row = 0; row < count * size; row++) {
    const image = Math.floor(row / size);
    const x = GAP + (image % columns) * pitch;
    const y = GAP + Math.floor(image / columns) * pitch + (row % size);
    data.set(pixelBytes(pixels.subarray(row * rowFloats, (row + 1) * rowFloats)), (y * width + x) * 3);
  }
  return { width, height, data };
}

/** Normalised values to the nearest bytes. */
function pixelBytes(values: Float32Array): Uint8ClampedArray {
  return Uint8ClampedArray.from(values, (v, i) => {
    const channel = i % 3;
    return 255 * (v * (IMAGENET_STD[channel] ?? NaN) + (IMAGENET_MEAN[channel] ?? NaN));
  });
}
