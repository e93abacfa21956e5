/** Decoded images on their way to the network: bytes are gathered on the host and become floats on the GPU. */
import { Tensor } from '../../autograd/index.ts';
import type { Gpu, Storage } from '../../gpu/index.ts';
import {
  centreCrop,
  imageStride,
  preprocess,
  type Augmentation,
  type PreprocessJob,
} from '../../kernels/preprocess/index.ts';

import type { Hold } from '../loop/hold-ahead.ts';

/** Equally large images in host memory. */
export interface Images {
  readonly height: number;
  readonly width: number;
  /** The RGB bytes [height, width, 3] of image `index`. */
  image(index: number): Uint8Array;
  /** As of an `ImageSet`. */
  readonly hold?: Hold<ArrayLike<number>> | undefined;
}

/**
 * The images at `indices` as the network's input [N, size, size, 3], normalised; changed as `changes` say, or cropped
 * in the centre. Call it in a scope.
 */
export function imageTensor(
  gpu: Gpu,
  images: Images,
  indices: ArrayLike<number>,
  size: number,
  changes?: readonly Augmentation[],
): Tensor {
  const y = gpu.temporary(indices.length * size * size * 12, 'input');
  const jobs = jobsFor(images, size, indices, changes);
  uploadAndPreprocess(gpu, images, { indices, jobs, y, size });
  return new Tensor(gpu, [indices.length, size, size, 3], y);
}

/** Image i of `indices` becomes image i of the result; throws `RangeError` if there is not one change for each. */
export function jobsFor(
  { height, width }: Pick<Images, 'height' | 'width'>,
  size: number,
  indices: ArrayLike<number>,
  changes?: readonly Augmentation[],
): PreprocessJob[] {
  if (changes && changes.length !== indices.length)
    throw new RangeError(`There are ${changes.length} augmentations for ${indices.length} images.`);
  const centre = centreCrop({ h: height, w: width, oh: size, ow: size });
  return Array.from(indices, (_, i) => ({ ...(changes?.[i] ?? centre), source: i, destination: i }));
}

/**
 * Uploads images from the host for this one batch, in blocks that fit a binding, and preprocesses them into those
 * images of `y` [≥ N, size, size, 3] that `jobs` name; job i takes the image at `indices[i]`.
 */
export function uploadAndPreprocess(
  gpu: Gpu,
  images: Images,
  {
    indices,
    jobs,
    y,
    size,
  }: {
    readonly indices: ArrayLike<number>;
    readonly jobs: readonly PreprocessJob[];
    readonly y: Storage;
    readonly size: number;
  },
): void {
  const { height: h, width: w } = images;
  const stride = imageStride({ h, w });
  const fits = Math.max(1, Math.floor(gpu.maxBindingBytes / stride));
  for (let first = 0; first < jobs.length; first += fits) {
    const part = jobs.slice(first, first + fits);
    const block = new Uint8Array(part.length * stride);
    part.forEach((_, i) => block.set(images.image(indices[first + i] ?? -1), i * stride));
    const shape = { h, w, oh: size, ow: size, images: part.length, n: y.bytes / (size * size * 12) };
    const local = part.map((job, source) => ({ ...job, source }));
    preprocess(gpu, { pixels: gpu.upload(block, 'pixels'), y }, shape, local);
  }
}
