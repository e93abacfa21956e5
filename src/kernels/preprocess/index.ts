/**
 * From the bytes of decoded images to what the network sees: crop, flip, brightness and contrast, normalisation. The
 * bytes go up as they are, a quarter of the floats, and everything else happens in one kernel that reads each pixel
 * once; only contrast needs another before it, since it pulls towards the mean of the whole image.
 *
 * Where it differs from torchvision's transforms on PIL images: PIL rounds to 8 bits after brightness, after contrast
 * and for the grey mean, and its grey has weights of 299, 587 and 114 in a thousand. Here all is f32, with the grey of
 * torchvision's tensor path (0.2989, 0.587, 0.114). That moves a pixel by at most about one part in 255.
 */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { checkSizes } from '../checks.ts';
import { greyMeanKernel, preprocessKernel, WORKGROUP } from './preprocess.wgsl.ts';
import type { PreprocessShape } from './cases.ts';

export type { PreprocessShape };

/** What happens to one image, in torchvision's order: crop, flip, then brightness and contrast. */
export interface Augmentation {
  /** The crop's first column and row, in pixels of the image. */
  readonly cropX: number;
  readonly cropY: number;
  /** Mirrors the crop left to right. */
  readonly flip: boolean;
  /** 1 leaves the image as it is, 0 makes it black. */
  readonly brightness: number;
  /** 1 leaves the image as it is, 0 makes it grey all over. */
  readonly contrast: number;
  /** Whether contrast comes before brightness; torchvision's ColorJitter draws the order too. */
  readonly contrastFirst: boolean;
}

/** Bytes that `n` images take on the GPU: WebGPU copies whole words. */
export const packedBytes = ({ n, h, w }: PreprocessShape): number => Math.ceil((n * h * w * 3) / 4) * 4;

/**
 * pixels: uint8 RGB [n, h, w, 3], padded to whole words → y [n, oh, ow, 3] = (v/255 − mean) / std with ImageNet's mean
 * and deviation. Each image is cropped and changed as its entry in `augmentations` says; without those it is cropped in
 * the centre. Brightness is v·b and contrast v·c + (1 − c)·m with m the mean grey of the crop, both clamped to [0, 1], as
 * torchvision's adjust_brightness and adjust_contrast. Throws `RangeError` for crops that leave the image and for
 * storages that are too small.
 */
export function preprocess(
  gpu: Gpu,
  { pixels, y }: { readonly pixels: Storage; readonly y: Storage },
  shape: PreprocessShape,
  augmentations?: readonly Augmentation[],
): void {
  check(shape, pixels, y, augmentations);
  const { n, h, w, oh, ow } = shape;
  const [inBytes, outBytes] = [h * w * 3, oh * ow * 12];
  const size = { width: w, imagePixels: h * w, cropWidth: ow, cropPixels: oh * ow };
  const centre = { cropX: centreStart(w, ow), cropY: centreStart(h, oh) };
  for (const { first, count } of bindingChunks(gpu, n, inBytes, outBytes)) {
    const part = {
      pixels: pixels.slice(first * inBytes, Math.ceil((count * inBytes) / 4) * 4),
      y: y.slice(first * outBytes, count * outBytes),
    };
    const params = { ...size, count: count * oh * ow };
    const grid = rowOfWorkgroups(Math.ceil((count * oh * ow) / WORKGROUP));
    if (!augmentations) {
      gpu.run(preprocessKernel('centre'), part, { ...params, ...centre }, grid);
      continue;
    }
    const chosen = augmentations.slice(first, first + count);
    const changes = gpu.upload(packAugmentations(chosen), 'augmentations');
    const withContrast = chosen.some(({ contrast }) => contrast !== 1);
    if (!withContrast) {
      gpu.run(preprocessKernel('augment'), { ...part, changes }, params, grid);
      continue;
    }
    const means = gpu.temporary(count * 4, 'grey means');
    const input = { pixels: part.pixels, changes };
    gpu.run(greyMeanKernel, { ...input, means }, { ...size, images: count }, rowOfWorkgroups(count));
    gpu.run(preprocessKernel('augment with contrast'), { ...part, changes, means }, params, grid);
  }
}

/** Two vec4 an image; the kernels' `changes`. */
function packAugmentations(augmentations: readonly Augmentation[]): Float32Array {
  return Float32Array.from(
    augmentations.flatMap(({ cropX, cropY, flip, brightness, contrast, contrastFirst }) => [
      ...[cropX, cropY, Number(flip), Number(contrastFirst)],
      ...[brightness, contrast, 0, 0],
    ]),
  );
}

/** Where torchvision's CenterCrop begins: half the rest, with halves rounded to the even neighbour. */
function centreStart(length: number, crop: number): number {
  const below = Math.floor((length - crop) / 2);
  return (length - crop) % 2 === 0 || below % 2 === 0 ? below : below + 1;
}

function check(
  shape: PreprocessShape,
  pixels: Storage,
  y: Storage,
  augmentations: readonly Augmentation[] | undefined,
): void {
  const { n, h, w, oh, ow } = shape;
  checkSizes('preprocess', { n, h, w, oh, ow });
  if (oh > h || ow > w)
    throw new RangeError(`preprocess: a crop of ${ow}×${oh} does not fit an image of ${w}×${h}.`);
  for (const [name, storage, bytes] of [
    ['pixels', pixels, packedBytes(shape)],
    ['y', y, n * oh * ow * 12],
  ] as const) {
    if (storage.bytes < bytes)
      throw new RangeError(`preprocess: ${name} has ${storage.bytes} bytes; its shape needs ${bytes}.`);
  }
  if (!augmentations) return;
  if (augmentations.length !== n)
    throw new RangeError(`preprocess: ${augmentations.length} augmentations for ${n} images.`);
  augmentations.forEach(({ cropX, cropY, brightness, contrast }, i) => {
    const inside = (start: number, room: number) => Number.isInteger(start) && start >= 0 && start <= room;
    if (!inside(cropX, w - ow) || !inside(cropY, h - oh))
      throw new RangeError(`preprocess: the crop of image ${i} at (${cropX}, ${cropY}) leaves the image.`);
    if (!(brightness >= 0 && contrast >= 0))
      throw new RangeError(`preprocess: brightness ${brightness} or contrast ${contrast} is below 0.`);
  });
}
