/**
 * The buffers themselves. Each persistent allocation has one, exactly as large as was asked for. All temporaries of all
 * scopes lie in one workspace, a few large buffers (see placement.ts): scopes run one after the other, so the largest
 * decides. If a buffer cannot be allocated, room is made and the
 * allocation is tried once more.
 */
import { GpuOutOfMemoryError } from '../errors.ts';
import type { Allocation } from '../storage.ts';
import { COPY_DST, COPY_SRC, STORAGE } from '../usage.ts';

const USAGE = STORAGE | COPY_DST | COPY_SRC;

/** What a list of commands needs before it can be sent. */
export interface Demand {
  readonly persistent: readonly Allocation[];
  /** Bytes of each buffer of the workspace. */
  readonly sizes: readonly number[];
}

export class Memory {
  /** Changes whenever a buffer of the workspace does: bind groups of before name one that is gone. */
  generation = 0;
  private workspace: (GPUBuffer | undefined)[] = [];
  private persistentBuffers = 0;
  private bytesOfPersistent = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly wait: <T>(promise: Promise<T>) => Promise<T>,
  ) {}

  get persistentBytes(): number {
    return this.bytesOfPersistent;
  }

  /** Buffers and bytes that exist. */
  get size(): { readonly buffers: number; readonly bytes: number } {
    const workspace = this.workspace.filter((buffer) => buffer !== undefined);
    return {
      buffers: this.persistentBuffers + workspace.length,
      bytes: workspace.reduce((sum, { size }) => sum + size, this.bytesOfPersistent),
    };
  }

  /** Buffer `index` of the workspace, which a plan in hand says is there. */
  buffer(index: number): GPUBuffer {
    const buffer = this.workspace[index];
    if (!buffer) throw new Error(`The workspace has no buffer ${index}.`);
    return buffer;
  }

  meets({ persistent, sizes }: Demand): boolean {
    return (
      persistent.every(({ buffer }) => buffer !== undefined) &&
      sizes.every((bytes, i) => bytes <= (this.workspace[i]?.size ?? 0))
    );
  }

  /**
   * Makes what `demand` lacks and resizes the workspace to it. Where there is no room, waits until the GPU has let go of
   * what was destroyed and tries `least` instead. Throws `GpuOutOfMemoryError` if that is too much as well.
   */
  async provide(demand: Demand, least: () => Demand): Promise<void> {
    if (await this.make(demand)) return;
    this.trim();
    await this.wait(this.device.queue.onSubmittedWorkDone());
    const last = least();
    if (await this.make(last)) return;
    const lacking = last.persistent.filter(({ buffer }) => !buffer);
    const wanted = sum(lacking.map(({ bytes }) => bytes)) + sum(last.sizes);
    const names = [...new Set(lacking.map(({ label }) => `"${label}"`))].slice(0, 3).join(', ');
    throw new GpuOutOfMemoryError(
      `The GPU has no room for ${mebibytes(wanted)} MiB more${names && ` (${names})`}; ${mebibytes(this.size.bytes)} MiB are in use here: use a smaller batch or image size.`,
    );
  }

  /** Ends an allocation, and destroys its buffer once the GPU has done what was submitted; a second time it does nothing. */
  release(allocation: Allocation): void {
    allocation.freed = true;
    this.takeBack(allocation);
  }

  /** Destroys the workspace, once the GPU has done what was submitted. */
  trim(): void {
    this.resize([]);
  }

  /** Whether all could be made. What could not is lacking still, and what was made for it is gone again. */
  private async make({ persistent, sizes }: Demand): Promise<boolean> {
    this.resize(sizes);
    this.device.pushErrorScope('out-of-memory');
    const lacking = persistent.filter(({ buffer }) => !buffer);
    for (const allocation of lacking) {
      allocation.buffer = this.createBuffer(allocation.bytes, allocation.label);
      this.persistentBuffers += 1;
      this.bytesOfPersistent += allocation.bytes;
    }
    sizes.forEach((bytes, i) => {
      if (bytes > 0) this.workspace[i] ??= this.createBuffer(bytes, `workspace ${i}`);
    });
    if (!(await this.wait(this.device.popErrorScope()))) return true;
    for (const allocation of lacking) this.takeBack(allocation);
    this.trim();
    return false;
  }

  private takeBack(allocation: Allocation): void {
    const { buffer } = allocation;
    allocation.buffer = undefined;
    if (!buffer) return;
    buffer.destroy();
    this.persistentBuffers -= 1;
    this.bytesOfPersistent -= allocation.bytes;
  }

  /** Destroys the buffers of the workspace that have not these sizes. */
  private resize(sizes: readonly number[]): void {
    this.workspace.forEach((buffer, i) => {
      if (!buffer || buffer.size === (sizes[i] ?? 0)) return;
      buffer.destroy();
      this.workspace[i] = undefined;
      this.generation += 1;
    });
  }

  private createBuffer(size: number, label: string): GPUBuffer {
    return this.device.createBuffer({ size, usage: USAGE, label });
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
