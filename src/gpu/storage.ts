/**
 * Memory on the GPU, as the engine sees it: a `Storage` is a range of an `Allocation`, and an allocation is either
 * persistent (it has a buffer of its own: weights, optimizer state) or temporary. A temporary one is only a promise of
 * bytes: when the recorded commands are submitted it gets a place for just the commands between its first and last use
 * (see memory/placement.ts), so activations that nothing needs any more hand their memory on without anyone counting references.
 */

/** Where a binding may start: the largest minStorageBufferOffsetAlignment that WebGPU allows an adapter to have. */
export const ALIGNMENT = 256;

/** Rounds a size in bytes up to where the next binding may start. */
export const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export interface Allocation {
  /** Never used for another allocation. */
  readonly id: number;
  readonly bytes: number;
  readonly label: string;
  /** Where a slice may start: multiples of as many bytes. */
  readonly alignment: number;
  /** Kept until `Gpu.release`; otherwise it dies with the scope that it was made in. */
  readonly persistent: boolean;
  /** The buffer of a persistent one, from the first commands on that use it. */
  buffer: GPUBuffer | undefined;
  /** The number of a temporary one among those of the commands that it is used in; −1 before. */
  slot: number;
  /** Whether it is dead: what it held is gone, and commands that name it are refused. */
  freed: boolean;
}

/**
 * A range of memory on the GPU, in bytes; it comes from `Gpu.upload`, `temporary` or `persistent`.
 *
 * ```ts
 * const weight = gpu.persistent(2 * 4, 'weight');
 * gpu.write(weight, Float32Array.of(1, 2));
 * await gpu.read(weight); // → [1, 2]
 * gpu.release(weight);
 * ```
 */
export class Storage {
  constructor(
    readonly allocation: Allocation,
    /** Bytes from the allocation's start, a multiple of its alignment. */
    readonly offset: number,
    readonly bytes: number,
  ) {}

  /**
   * A part of this storage: `offset` and `bytes` in bytes, the offset a multiple of the adapter's alignment, which 256 always is.
   * Throws `RangeError` for others, and for a part that goes past the end.
   *
   * ```ts
   * const numbers = gpu.upload(Float32Array.from({ length: 128 }, (_, i) => i));
   * await gpu.read(numbers.slice(256, 8)); // → [64, 65]
   * ```
   */
  slice(offset: number, bytes: number): Storage {
    if (offset % this.allocation.alignment !== 0 || offset < 0 || bytes <= 0 || offset + bytes > this.bytes) {
      throw new RangeError(
        `A slice of ${bytes} bytes at ${offset} does not fit "${this.allocation.label}" (${this.bytes} bytes, offsets in steps of ${this.allocation.alignment}).`,
      );
    }
    if (bytes === this.bytes) return this;
    return new Storage(this.allocation, this.offset + offset, bytes);
  }
}
