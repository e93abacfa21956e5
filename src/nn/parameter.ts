/**
 * What a module owns: parameters, which are trained where their `requiresGrad` says so, and buffers, which are not
 * (batch norm's running statistics). They convert between the engine's layout and torchvision's at the border to the
 * host, and nowhere else.
 */
import type { Gpu, Storage } from '../gpu/index.ts';
import { oihwToRsck, rsckShape, rsckToOihw } from '../kernels/conv2d/index.ts';
import { cast } from '../kernels/cast/index.ts';
import { requireHalf } from '../kernels/dtype.ts';
import { sizeOf, Tensor, type TrainedLeaf } from '../autograd/index.ts';

/** A tensor on the host, in torchvision's shape and layout. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** By torchvision's names, in torchvision's order. */
export type StateDict = Map<string, HostTensor>;

/** `OIHW`: a convolution's weight, `[K, C, R, S]` in files and `[R, S, C, K]` here. `same`: no difference. */
export type FileLayout = 'same' | 'OIHW';

/**
 * A tensor that a module owns and an optimizer trains, while `requiresGrad` is true: then `backward` leaves its gradient with it.
 *
 * ```ts
 * const weight = new Parameter(gpu, [8, 3, 5, 5], 'OIHW'); // as files have it: 8 filters of 3 channels and 5 × 5 pixels
 * weight.shape; // → [5, 5, 3, 8]
 * weight.load({ shape: [8, 3, 5, 5], data: new Float32Array(600).fill(0.1) });
 * (await weight.save()).shape; // → [8, 3, 5, 5]
 * await weight.readGradient(); // → null
 * ```
 */
export class Parameter extends Tensor implements TrainedLeaf {
  gradient: TrainedLeaf['gradient'] = undefined;

  /** `fileShape` is the shape in torchvision's layout; the tensor's own shape follows from it. */
  constructor(
    gpu: Gpu,
    readonly fileShape: readonly number[],
    readonly layout: FileLayout = 'same',
  ) {
    const shape = layout === 'OIHW' ? rsckShape(fileShape) : fileShape;
    super(gpu, shape, gpu.persistent(sizeOf(shape) * 4, 'parameter'), true);
  }

  /** Sets the values from a tensor in torchvision's layout; throws `RangeError` if its shape differs. */
  load({ shape, data }: HostTensor): void {
    if (shape.join() !== this.fileShape.join() || data.length !== this.size) {
      throw new RangeError(`Expected shape [${this.fileShape.join(', ')}], found [${shape.join(', ')}].`);
    }
    const { gpu, storage, size, dtype } = this;
    const values = this.layout === 'OIHW' ? oihwToRsck(data, this.fileShape) : data;
    if (dtype === 'f32') gpu.write(storage, values);
    else cast(gpu, { x: gpu.upload(values), y: storage }, size, { from: 'f32', to: dtype });
  }

  /**
   * Stores the values in f16 from now on, for inference. Throws `RangeError` if it is trained: small steps would be lost in
   * the rounding; `GpuError` where the adapter has no f16.
   */
  half(): void {
    const { gpu, storage: x, size } = this;
    if (this.requiresGrad) throw new RangeError('A parameter that is trained stays in f32.');
    if (this.dtype === 'f16') return;
    requireHalf(gpu, 'half()');
    const y = gpu.persistent(size * 2, 'parameter');
    cast(gpu, { x, y }, size, { from: 'f32', to: 'f16' });
    if (x.bytes === x.allocation.bytes) gpu.release(x);
    this.storage = y;
    this.dtype = 'f16';
  }

  /** The values in torchvision's layout, as f32. */
  async save(): Promise<HostTensor> {
    return { shape: this.fileShape, data: this.toFile(await this.read()) };
  }

  /** The gradient in torchvision's layout; null before the first `backward` and after `zeroGrad`. */
  async readGradient(): Promise<Float32Array | null> {
    return this.gradient?.filled ? this.toFile(await this.gpu.read(this.gradient.storage)) : null;
  }

  /** Frees the memory, unless an optimizer holds it: dispose of that first. */
  dispose(): void {
    for (const storage of [this.storage, this.gradient?.storage]) {
      if (storage && storage.bytes === storage.allocation.bytes) this.gpu.release(storage);
    }
    this.gradient = undefined;
  }

  private toFile(data: Float32Array): Float32Array {
    return this.layout === 'OIHW' ? rsckToOihw(data, this.fileShape) : data;
  }
}

/**
 * Untrained state that is saved with a module, starting at `initial` everywhere.
 *
 * ```ts
 * const mean = new Buffer(gpu, [2], 0);
 * mean.load({ shape: [2], data: Float32Array.of(3, 4) });
 * (await mean.save()).data; // → Float32Array.of(3, 4)
 * ```
 */
export class Buffer {
  readonly storage: Storage;

  constructor(
    readonly gpu: Gpu,
    readonly fileShape: readonly number[],
    private readonly initial: number,
  ) {
    this.storage = gpu.persistent(sizeOf(fileShape) * 4, 'buffer');
    this.reset();
  }

  /** Sets every value to what it began with. */
  reset(): void {
    this.gpu.write(this.storage, new Float32Array(sizeOf(this.fileShape)).fill(this.initial));
  }

  /** Sets the values from the host. Throws `RangeError` if there are more or fewer. */
  load({ shape, data }: HostTensor): void {
    if (data.length !== sizeOf(this.fileShape)) {
      throw new RangeError(`Expected shape [${this.fileShape.join(', ')}], found [${shape.join(', ')}].`);
    }
    this.gpu.write(this.storage, data);
  }

  /** The values, read back. */
  async save(): Promise<HostTensor> {
    return { shape: this.fileShape, data: await this.gpu.read(this.storage) };
  }

  /** Frees the memory. */
  dispose(): void {
    this.gpu.release(this.storage);
  }
}

/** A whole number that is saved with a module and that no kernel needs, so it stays on the host. */
export class Counter {
  readonly fileShape: readonly number[] = [];
  private value = 0;

  increment(): void {
    this.value += 1;
  }

  reset(): void {
    this.value = 0;
  }

  load({ data: [value] }: HostTensor): void {
    this.value = value ?? 0;
  }

  save(): Promise<HostTensor> {
    return Promise.resolve({ shape: [], data: Float32Array.of(this.value) });
  }

  dispose(): void {
    // Nothing on the GPU.
  }
}
