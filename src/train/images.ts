/** Decoded images on their way to the network: bytes are gathered on the host and become floats on the GPU. */
import { Tensor } from '../autograd/index.ts';
import type { Gpu } from '../gpu/index.ts';
import { packedBytes, preprocess, type Augmentation } from '../kernels/preprocess/index.ts';

/** Equally large images, RGB bytes [count, height, width, 3]. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * The images at `indices` as the network's input [N, size, size, 3], normalised; changed and cropped as
 * `augmentations` say, or cropped in the centre. Call it in a scope.
 */
export function imageTensor(
  gpu: Gpu,
  { height, width, data }: Pixels,
  indices: ArrayLike<number>,
  size: number,
  augmentations?: readonly Augmentation[],
): Tensor {
  const shape = { n: indices.length, h: height, w: width, oh: size, ow: size };
  const bytes = height * width * 3;
  const batch = new Uint8Array(packedBytes(shape));
  Array.from(indices).forEach((index, i) => {
    batch.set(data.subarray(index * bytes, (index + 1) * bytes), i * bytes);
  });
  const y = gpu.temporary(shape.n * size * size * 12, 'input');
  preprocess(gpu, { pixels: gpu.upload(batch, 'pixels'), y }, shape, augmentations);
  return new Tensor(gpu, [shape.n, size, size, 3], y);
}
