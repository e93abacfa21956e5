/**
 * A set of images that goes up to the GPU once and stays there, as bytes: an epoch then costs no copying. What exceeds
 * the budget stays in host memory and goes up batch by batch; either way a batch is filled by one run of each kernel that
 * it needs for each place that its images lie in, and comes out with the same bits.
 */
import { Tensor } from '../../autograd/index.ts';
import type { ImageSet } from '../../data/index.ts';
import type { Gpu, Storage } from '../../gpu/index.ts';
import {
  imageStride,
  preprocess,
  type Augmentation,
  type PreprocessJob,
} from '../../kernels/preprocess/index.ts';
import type { Hold } from '../loop/hold-ahead.ts';
import { jobsFor, uploadAndPreprocess } from './images.ts';

/** About as much goes up at a time. */
const PIECE_BYTES = 32 * 2 ** 20;

export interface ImageCacheOptions {
  /** The most bytes of GPU memory that the images may take; 0 leaves all of them on the host. */
  readonly budgetBytes: number;
}

export class ImageCache {
  readonly count: number;
  /** Brings images to hand that neither the GPU nor memory keeps; undefined where there are none. */
  readonly hold: Hold<ArrayLike<number>> | undefined;
  readonly height: number;
  readonly width: number;
  /** Index of the class, [count]. */
  readonly labels: Int32Array;
  /** Bytes of the images that stay on the GPU, and of those that go up batch by batch. */
  readonly residentBytes: number;
  readonly spilledBytes: number;
  private readonly blocks: Storage[] = [];
  private readonly blockImages: number;
  private readonly stride: number;
  private readonly residents: number;

  /**
   * Takes the memory; `fill` uploads the images before any is asked for. The set must stay as it is while the cache is in use. Throws
   * `RangeError` for a budget below 0.
   */
  constructor(
    readonly gpu: Gpu,
    private readonly set: ImageSet,
    { budgetBytes }: ImageCacheOptions,
  ) {
    if (!(budgetBytes >= 0)) throw new RangeError(`A cache cannot have a budget of ${budgetBytes} bytes.`);
    ({ count: this.count, height: this.height, width: this.width, labels: this.labels } = set);
    this.stride = imageStride({ h: set.height, w: set.width });
    this.blockImages = Math.floor(gpu.maxBindingBytes / this.stride);
    this.residents = this.blockImages === 0 ? 0 : Math.min(set.count, Math.floor(budgetBytes / this.stride));
    this.residentBytes = this.residents * this.stride;
    this.spilledBytes = (set.count - this.residents) * this.stride;
    for (let first = 0; first < this.residents; first += this.blockImages)
      this.blocks.push(
        gpu.persistent(Math.min(this.blockImages, this.residents - first) * this.stride, 'images'),
      );
    const hold = set.hold?.bind(set);
    const isElsewhere = (index: number) => index >= this.residents;
    this.hold =
      hold && this.residents < set.count
        ? (indices) => hold(Array.from(indices).filter(isElsewhere))
        : undefined;
  }

  /** Uploads the images that stay on the GPU, a few at a time. Rejects as the set's `hold` does, and with the signal's reason. */
  async fill(signal?: AbortSignal): Promise<this> {
    const { gpu, set, stride } = this;
    // A multiple of 64 images: so a piece begins where any adapter lets a slice begin.
    const most = 64 * Math.max(1, Math.floor(PIECE_BYTES / (64 * stride)));
    for (const [index, block] of this.blocks.entries()) {
      const images = block.bytes / stride;
      for (let first = 0; first < images; first += most) {
        signal?.throwIfAborted();
        const count = Math.min(most, images - first);
        const from = index * this.blockImages + first;
        const indices = Array.from({ length: count }, (_, i) => from + i);
        const release = await set.hold?.(indices);
        const bytes = new Uint8Array(count * stride);
        indices.forEach((image, i) => bytes.set(set.image(image), i * stride));
        release?.();
        await gpu.scope(() => gpu.write(block.slice(first * stride, bytes.length), bytes));
        if (images > most) await gpu.finish(); // else all pieces would wait in memory for the GPU
      }
    }
    return this;
  }

  /**
   * The images at `indices` as the network's input [N, size, size, 3], normalised; changed as `changes` say, one per
   * image, or cropped in the centre. Call it in a scope. Throws `RangeError` for an index that is not in the set.
   */
  tensor(indices: ArrayLike<number>, size: number, changes?: readonly Augmentation[]): Tensor {
    const { gpu, set } = this;
    const y = gpu.temporary(indices.length * size * size * 12, 'input');
    const places = new Map<number, { indices: number[]; jobs: PreprocessJob[] }>();
    jobsFor(set, size, indices, changes).forEach((job, i) => {
      const index = indices[i] ?? -1;
      if (!Number.isInteger(index) || index < 0 || index >= set.count)
        throw new RangeError(`There is no image ${index} in a set of ${set.count}.`);
      const block = index < this.residents ? Math.floor(index / this.blockImages) : this.blocks.length;
      let place = places.get(block);
      if (!place) places.set(block, (place = { indices: [], jobs: [] }));
      place.indices.push(index);
      place.jobs.push({ ...job, source: index - block * this.blockImages });
    });
    const sizes = { h: set.height, w: set.width, oh: size, ow: size, n: indices.length };
    for (const [block, { indices, jobs }] of places) {
      const pixels = this.blocks[block];
      if (pixels)
        preprocess(gpu, { pixels, y }, { ...sizes, images: Math.floor(pixels.bytes / this.stride) }, jobs);
      else uploadAndPreprocess(gpu, set, { indices, jobs, y, size });
    }
    return new Tensor(gpu, [indices.length, size, size, 3], y);
  }

  /** Gives the GPU memory back. */
  dispose(): void {
    for (const block of this.blocks) this.gpu.release(block);
    this.blocks.length = 0;
  }
}
