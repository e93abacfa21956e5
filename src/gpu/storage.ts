/**
 * Memory on the GPU, as the engine sees it: a `Storage` is a range of an `Allocation`, and an allocation is either
 * persistent (it has its buffer from the start: weights, optimizer state) or temporary. A temporary one gets a buffer
 * only when the recorded commands are submitted, for just the commands between its first and last use; so activations
 * that nothing needs any more hand their memory on without anyone counting references.
 */

/** Where a binding may start: the largest minStorageBufferOffsetAlignment that WebGPU allows an adapter to have. */
export const ALIGNMENT = 256;

export interface Allocation {
  readonly id: number;
  readonly bytes: number;
  readonly label: string;
  /** Where a slice may start: multiples of as many bytes. */
  readonly alignment: number;
  /** Kept until `Gpu.release`; otherwise it dies with the scope that it was made in. */
  persistent: boolean;
  /** The buffer behind it: always for persistent ones, only while commands are submitted for the others. */
  buffer: PooledBuffer | undefined;
  /** Whether it is dead: what it held is gone, and commands that name it are refused. */
  freed: boolean;
}

export interface PooledBuffer {
  readonly id: number;
  readonly bytes: number;
  readonly gpuBuffer: GPUBuffer;
}

export class Storage {
  constructor(
    readonly allocation: Allocation,
    /** Bytes from the allocation's start, a multiple of its alignment. */
    readonly offset: number,
    readonly bytes: number,
  ) {}

  /** A part of this storage: `offset` and `bytes` in bytes, the offset a multiple of the adapter's alignment, which 256 always is. */
  slice(offset: number, bytes: number): Storage {
    if (offset % this.allocation.alignment !== 0 || offset < 0 || bytes <= 0 || offset + bytes > this.bytes) {
      throw new RangeError(
        `A slice of ${bytes} bytes at ${offset} does not fit "${this.allocation.label}" (${this.bytes} bytes, offsets in steps of ${this.allocation.alignment}).`,
      );
    }
    return new Storage(this.allocation, this.offset + offset, bytes);
  }
}
