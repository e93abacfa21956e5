// Pixels of many equally large images in host memory, in chunks: a typed array ends at 4 GiB in some browsers and
// versions of Node, and memory is taken as images arrive, not for files that turn out not to be images.

/** Memory that is taken at a time, where there are images enough to fill it. */
const CHUNK_BYTES = 64 * 2 ** 20;

export class ImageStore {
  private readonly chunks: Uint8Array[] = [];
  private readonly chunkImages: number;
  private stored = 0;

  /** For images of `imageBytes` each; `expected` of them, or fewer. */
  constructor(
    private readonly imageBytes: number,
    private readonly expected: number,
    chunkBytes = CHUNK_BYTES,
  ) {
    this.chunkImages = Math.max(1, Math.floor(chunkBytes / imageBytes));
  }

  get count(): number {
    return this.stored;
  }

  get isFull(): boolean {
    return this.stored === this.expected;
  }

  /** Keeps a copy of an image; throws `RangeError` if its size differs from the others' or there are enough. */
  push(image: Uint8Array): void {
    if (image.length !== this.imageBytes || this.isFull)
      throw new RangeError(
        `Image ${this.stored} of ${this.expected} has ${image.length} bytes, not ${this.imageBytes}.`,
      );
    const place = this.stored % this.chunkImages;
    if (place === 0) {
      const images = Math.min(this.chunkImages, this.expected - this.stored);
      this.chunks.push(new Uint8Array(images * this.imageBytes));
    }
    this.chunks.at(-1)?.set(image, place * this.imageBytes);
    this.stored++;
  }

  /** The bytes of image `index`, not copied; throws `RangeError` if there is no such image. */
  image(index: number): Uint8Array {
    const chunk = this.chunks[Math.floor(index / this.chunkImages)];
    if (!chunk || !Number.isInteger(index) || index >= this.stored)
      throw new RangeError(`There is no image ${index} in a set of ${this.stored}.`);
    const from = (index % this.chunkImages) * this.imageBytes;
    return chunk.subarray(from, from + this.imageBytes);
  }
}
