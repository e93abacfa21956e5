/**
 * Buffers are expensive to create and cheap to reuse: this pool hands out buffers by size class and takes them back.
 * The free buffer with the lowest id goes first, so that a step that repeats gets the very same buffers each time and
 * its bind groups are found in their cache.
 */
import type { PooledBuffer } from './storage.ts';

const USAGE = 0x0080 | 0x0008 | 0x0004; // STORAGE | COPY_DST | COPY_SRC

export class BufferPool {
  private readonly free = new Map<number, PooledBuffer[]>();
  private nextId = 0;
  private liveBuffers = 0;
  private liveBytes = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly onDestroy: () => void,
  ) {}

  /** Buffers and bytes that exist, free ones included. */
  get size(): { readonly buffers: number; readonly bytes: number } {
    return { buffers: this.liveBuffers, bytes: this.liveBytes };
  }

  /** A buffer of at least `bytes` bytes, which may not exceed the device's limit; its content is undefined. */
  take(bytes: number): PooledBuffer {
    const size = Math.min(sizeClass(bytes), this.device.limits.maxBufferSize);
    const reused = this.free.get(size)?.shift();
    if (reused) return reused;
    const gpuBuffer = this.device.createBuffer({ size, usage: USAGE, label: `pool ${size}` });
    this.liveBuffers += 1;
    this.liveBytes += size;
    return { id: this.nextId++, bytes: size, gpuBuffer };
  }

  give(buffer: PooledBuffer): void {
    const list = this.free.get(buffer.bytes);
    if (!list) {
      this.free.set(buffer.bytes, [buffer]);
      return;
    }
    const at = list.findIndex((other) => other.id > buffer.id);
    list.splice(at < 0 ? list.length : at, 0, buffer);
  }

  /** Destroys the buffers that nobody holds. */
  trim(): void {
    for (const list of this.free.values()) {
      for (const { gpuBuffer, bytes } of list) {
        gpuBuffer.destroy();
        this.liveBuffers -= 1;
        this.liveBytes -= bytes;
      }
    }
    this.free.clear();
    this.onDestroy();
  }
}

/** Rounds up to 256 · {4, 5, 6, 7} · 2^n bytes, at most a quarter more than asked for. */
export function sizeClass(bytes: number): number {
  const blocks = Math.ceil(bytes / 256);
  if (blocks <= 4) return Math.max(1, blocks) * 256;
  const step = 2 ** (Math.floor(Math.log2(blocks - 1)) - 2);
  return Math.ceil(blocks / step) * step * 256;
}
