/**
 * From the bytes of decoded images to what the network sees: crop, rotation, flip, brightness, contrast, saturation and
 * normalisation. The bytes go up as they are, a quarter of the floats, and everything else happens in one kernel that picks
 * its images out of a block, made in three variants that read pixels differently; only contrast needs another before it, since
 * it pulls towards the mean of the whole image.
 *
 * Where it differs from torchvision's transforms on PIL images: PIL rounds to 8 bits after each step and for the grey
 * mean, and its grey has weights of 299, 587 and 114 in a thousand. Here all is f32, with the grey of torchvision's tensor
 * path (0.2989, 0.587, 0.114). That moves a pixel by at most about one part in 255. A crop of another size than the
 * result's is the mean of bilinear samples no more than a pixel apart, instead of PIL's triangle filter.
 */
import { rowOfWorkgroups, type Gpu, type Storage } from '../../gpu/index.ts';
import { bindingChunks } from '../chunks.ts';
import { checkSizes, checkStorages } from '../checks.ts';
import { widthOf } from '../vectors.ts';
import { walkLength } from '../walk.ts';
import {
  packJobs,
  readingOf,
  readings,
  usesContrast,
  type PreprocessJob,
  type Reading,
  type PreprocessSizes,
} from './augmentation.ts';
import { greyMeanKernel, preprocessKernel, WORKGROUP } from './preprocess.wgsl.ts';

export {
  centreCrop,
  type Augmentation,
  type ColourOperation,
  type PreprocessJob,
  type Rectangle,
  type PreprocessSizes,
} from './augmentation.ts';

/** A block of images [images, h, w, 3] and the result [n, oh, ow, 3]. */
export interface PreprocessShape extends PreprocessSizes {
  /** Images in the block. */
  readonly images: number;
  /** Images in the result. */
  readonly n: number;
}

/** Longest run of a thread: an image is small, and has workgroups of its own. */
const MOST = 8;

/**
 * Bytes between one image and the next in a block, h · w · 3 rounded up to whole words, as WebGPU copies them.
 *
 * ```ts
 * imageStride({ h: 2, w: 3 }); // → 20
 * ```
 */
export const imageStride = ({ h, w }: Pick<PreprocessSizes, 'h' | 'w'>): number =>
  Math.ceil((h * w * 3) / 4) * 4;

/**
 * pixels: a block of uint8 RGB images [images, h, w, 3], each padded to `imageStride` → those images of y [n, oh, ow, 3]
 * that the jobs name as destinations, = (v/255 − mean) / std with ImageNet's mean and deviation; the others stay as they
 * are, to be filled from other blocks. Crop, rotation and flip say where v comes from; then, in the job's order and
 * clamped to [0, 1] after each, brightness is v·b, contrast v·c + (1 − c)·m with m the mean grey of the crop as it is by
 * then, and saturation v·s + (1 − s)·g with g the pixel's grey: torchvision's ColorJitter on floats. Throws `RangeError`
 * for crops that leave the image, numbers of images that are not there and storages that are too small, `GpuError` for a
 * block that exceeds a binding.
 *
 * ```ts
 * const pixels = gpu.upload(Uint8Array.of(255, 0, 51, 0)); // an image of one pixel, and a byte up to the whole word
 * const shape = { images: 1, n: 1, h: 1, w: 1, oh: 1, ow: 1 };
 * const y = gpu.temporary(3 * 4);
 * preprocess(gpu, { pixels, y }, shape, [{ source: 0, destination: 0, ...centreCrop(shape) }]);
 * await gpu.read(y); // → [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (0.2 - 0.406) / 0.225]
 * ```
 */
export function preprocess(
  gpu: Gpu,
  { pixels, y }: { readonly pixels: Storage; readonly y: Storage },
  shape: PreprocessShape,
  jobs: readonly PreprocessJob[],
): void {
  check(gpu, shape, pixels, y, jobs);
  const { n, oh, ow } = shape;
  const outBytes = oh * ow * 12;
  for (const { first, count } of bindingChunks(gpu, n, outBytes)) {
    const end = first + count;
    const part =
      count === n ? jobs : jobs.filter(({ destination }) => destination >= first && destination < end);
    const ways = part.map((job) => readingOf(job, shape));
    for (const reading of readings) {
      const alike = part.filter((_, i) => ways[i] === reading);
      if (alike.length > 0)
        runJobs(gpu, { pixels, y: y.slice(first * outBytes, count * outBytes) }, shape, {
          jobs: alike,
          firstDestination: first,
          reading,
        });
    }
  }
}

/** Runs jobs that one kernel can do; `y` begins at image `firstDestination` of the result. */
function runJobs(
  gpu: Gpu,
  { pixels, y }: { readonly pixels: Storage; readonly y: Storage },
  shape: PreprocessShape,
  {
    jobs,
    firstDestination,
    reading,
  }: { jobs: readonly PreprocessJob[]; firstDestination: number; reading: Reading },
): void {
  const { n, h, w, oh, ow } = shape;
  const count = jobs.length;
  const width = widthOf(ow);
  const items = (oh * ow) / width;
  const walk = Math.min(MOST, walkLength(gpu, items * count));
  const params = {
    width: w,
    height: h,
    imageWords: imageStride(shape) / 4,
    cropWidth: ow,
    items,
    count,
    walk,
  };
  // Room for a whole batch, since chance decides which images are read in which way: so steps take the same memory and reuse one plan.
  const input = { pixels, jobs: gpu.upload(packJobs(jobs, shape, firstDestination, n), 'jobs') };
  const means = gpu.temporary(n * 4, 'grey means');
  if (jobs.some(usesContrast))
    gpu.run(greyMeanKernel(width, reading), { ...input, means }, params, rowOfWorkgroups(count));
  const [rows, layers = 1] = rowOfWorkgroups(count);
  const tiles = Math.ceil(items / (WORKGROUP * walk));
  gpu.run(preprocessKernel(width, reading), { ...input, means, y }, params, [tiles, rows, layers]);
}

function check(
  gpu: Gpu,
  shape: PreprocessShape,
  pixels: Storage,
  y: Storage,
  jobs: readonly PreprocessJob[],
): void {
  const { images, n, h, w, oh, ow } = shape;
  checkSizes('preprocess', { images, n, h, w, oh, ow });
  checkStorages('preprocess', {
    pixels: [pixels, (images * imageStride(shape)) / 4],
    y: [y, n * oh * ow * 3],
  });
  for (const job of jobs) checkJob(job, shape);
}

/** Rounding to f32 may carry a crop past the edge by this many pixels. */
const EDGE = 1e-3;

function checkJob(job: PreprocessJob, { images, n, h, w }: PreprocessShape): void {
  const isIn = (index: number, count: number) => Number.isInteger(index) && index >= 0 && index < count;
  const { source, destination, crop, rotation, brightness, contrast, saturation } = job;
  if (!isIn(source, images) || !isIn(destination, n))
    throw new RangeError(
      `preprocess: there is no image ${source} of ${images} to become image ${destination} of ${n}.`,
    );
  const { x, y, width, height } = crop;
  const inside = (start: number, length: number, whole: number) =>
    length > 0 && start >= -EDGE && start + length <= whole + EDGE;
  if (!inside(x, width, w) || !inside(y, height, h))
    throw new RangeError(
      `preprocess: the crop of ${width}×${height} at (${x}, ${y}) does not fit image ${source} of ${w}×${h}.`,
    );
  if (!Number.isFinite(rotation)) throw new RangeError(`preprocess: the rotation ${rotation} is no angle.`);
  for (const [name, factor] of Object.entries({ brightness, contrast, saturation })) {
    if (!(factor >= 0 && factor < Infinity))
      throw new RangeError(`preprocess: ${name} ${factor} is not a factor from 0 up.`);
  }
  if (new Set(job.order).size !== job.order.length)
    throw new RangeError(`preprocess: ${job.order.join(', ')} names a colour operation twice.`);
}
