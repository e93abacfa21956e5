import { beforeEach, describe, expect, it } from 'vitest';
import { GpuOutOfMemoryError } from '../errors.ts';
import { Memory } from './memory.ts';
import type { Allocation } from '../storage.ts';

/** A device with so many bytes, of which destroyed buffers give back theirs once the GPU is idle. */
class SmallDevice {
  used = 0;
  private dying = 0;
  private failed = false;
  readonly queue = {
    onSubmittedWorkDone: () => {
      this.used -= this.dying;
      this.dying = 0;
      return Promise.resolve();
    },
  };

  constructor(readonly capacity: number) {}

  createBuffer({ size }: GPUBufferDescriptor) {
    const fits = this.used + size <= this.capacity;
    if (fits) this.used += size;
    else this.failed = true;
    return { size, destroy: () => (this.dying += fits ? size : 0) };
  }

  pushErrorScope() {
    this.failed = false;
  }

  popErrorScope() {
    return Promise.resolve(this.failed ? { message: 'no room' } : null);
  }
}

let nextId = 0;
const persistent = (bytes: number, label = 'weights'): Allocation => ({
  id: nextId++,
  bytes,
  label,
  alignment: 256,
  persistent: true,
  buffer: undefined,
  slot: -1,
  freed: false,
});

describe('Memory', () => {
  let device: SmallDevice;
  let memory: Memory;
  beforeEach(() => {
    device = new SmallDevice(1000);
    memory = new Memory(device as unknown as GPUDevice, (promise) => promise);
  });
  const provide = async (allocations: Allocation[], sizes: number[], least = sizes) =>
    memory.provide({ persistent: allocations, sizes }, () => ({ persistent: allocations, sizes: least }));

  it('makes what is lacking, and nothing twice', async () => {
    const weights = persistent(100);
    expect(memory.meets({ persistent: [weights], sizes: [] })).toBe(false);
    await provide([weights], [200, 50]);
    expect(memory.meets({ persistent: [weights], sizes: [200, 20] })).toBe(true);
    expect(memory.meets({ persistent: [weights], sizes: [200, 60] })).toBe(false);
    await provide([weights], [200, 60]);
    expect(memory.size).toEqual({ buffers: 3, bytes: 360 });
    expect(memory.persistentBytes).toBe(100);
  });

  it('tells by its generation that a buffer of the workspace went', async () => {
    await provide([], [100, 100]);
    const { generation } = memory;
    await provide([], [100, 100, 100]);
    expect(memory.generation).toBe(generation);
    await provide([], [100, 50]);
    expect(memory.generation).toBeGreaterThan(generation);
    expect(memory.size).toEqual({ buffers: 2, bytes: 150 });
  });

  it('makes room where there is none, and tries once more with the least', async () => {
    await provide([], [600]);
    await provide([], [700], [700]); // 1300 until the GPU has let go of the first
    expect(memory.size.bytes).toBe(700);
    await provide([], [1200], [800]);
    expect(memory.size.bytes).toBe(800);
  });

  it('says what it had no room for, and stays of use', async () => {
    const [weights, more] = [persistent(500), persistent(600, 'optimizer')];
    await provide([weights], [100]);
    const attempt = provide([weights, more], [100]);
    await expect(attempt).rejects.toThrow(GpuOutOfMemoryError);
    await expect(attempt).rejects.toThrow(
      /no room for 1 MiB more \("optimizer"\); 1 MiB are in use here: use a smaller/,
    );
    expect(memory.size).toEqual({ buffers: 1, bytes: 500 });
    memory.release(more);
    await device.queue.onSubmittedWorkDone();
    await provide([weights], [400]);
    expect(memory.size).toEqual({ buffers: 2, bytes: 900 });
  });

  it('releases an allocation once', async () => {
    const weights = persistent(100);
    await provide([weights], []);
    memory.release(weights);
    memory.release(weights);
    expect(weights.freed).toBe(true);
    expect(memory.size).toEqual({ buffers: 0, bytes: 0 });
  });
});
