/**
 * All trained parameters side by side in one block of memory, their gradients in another: then one dispatch updates
 * them all, however many there are.
 */
import { align, type Gpu, type Storage } from '../gpu/index.ts';
import { GROUP_BLOCK } from '../kernels/update.ts';
import type { Parameter } from '../nn/index.ts';

export class Arena {
  readonly gpu: Gpu;
  /** Floats in the arena, the gaps between parameters included; gaps are zero and stay so. */
  readonly count: number;
  /** Floats of the parameters alone. */
  readonly size: number;
  readonly values: Storage;
  readonly gradients: Storage;
  /** Where each parameter begins, in floats. */
  private readonly places = new Map<Parameter, number>();

  /** Moves the parameters into the arena; their values stay. Throws `RangeError` without any parameter. */
  constructor(parameters: readonly Parameter[]) {
    const [first] = parameters;
    if (!first) throw new RangeError('There is nothing to train: requiresGrad is false for every parameter.');
    this.gpu = first.gpu;
    this.count = parameters.reduce((sum, { size }) => sum + align(size * 4) / 4, 0);
    this.size = parameters.reduce((sum, { size }) => sum + size, 0);
    this.values = this.zeros('parameters');
    this.gradients = this.zeros('gradients');
    let offset = 0;
    for (const parameter of parameters) {
      const bytes = parameter.size * 4;
      const place = this.values.slice(offset, bytes);
      this.gpu.copy(parameter.storage, place);
      this.gpu.release(parameter.storage);
      parameter.storage = place;
      if (parameter.gradient) this.gpu.release(parameter.gradient.storage);
      parameter.gradient = { storage: this.gradients.slice(offset, bytes), filled: false };
      this.places.set(parameter, offset / 4);
      offset += align(bytes);
    }
  }

  /** A block as large as the arena, all zero: for an optimizer's moments. */
  zeros(label: string): Storage {
    const storage = this.gpu.persistent(this.count * 4, label);
    this.gpu.clear(storage);
    return storage;
  }

  /**
   * Two numbers for every block of 64 floats (see kernels/update.ts): those of the group whose parameter lies there.
   */
  blocks(numbers: (parameter: Parameter) => readonly [number, number]): Float32Array {
    const table = new Float32Array((this.count / GROUP_BLOCK) * 2);
    for (const [parameter, first] of this.places) {
      const end = first + parameter.size;
      for (let i = first; i < end; i += GROUP_BLOCK) table.set(numbers(parameter), (i / GROUP_BLOCK) * 2);
    }
    return table;
  }

  /** The values of a block such as `zeros` gives, without the gaps. */
  async read(storage: Storage): Promise<Float32Array<ArrayBuffer>> {
    const padded = await this.gpu.read(storage);
    const values = new Float32Array(this.size);
    let offset = 0;
    for (const [{ size }, first] of this.places) {
      values.set(padded.subarray(first, first + size), offset);
      offset += size;
    }
    return values;
  }

  /** Sets a block to `values`, which are as `read` gives them. */
  write(storage: Storage, values: Float32Array): void {
    const padded = new Float32Array(this.count);
    let offset = 0;
    for (const [{ size }, first] of this.places) {
      padded.set(values.subarray(offset, offset + size), first);
      offset += size;
    }
    this.gpu.write(storage, padded);
  }

  /** Makes the next backward pass start new gradients. Nothing is cleared: the first gradient overwrites. */
  zeroGrad(): void {
    for (const { gradient } of this.places.keys()) if (gradient) gradient.filled = false;
  }

  /** Zeroes the gradients of parameters that no backward pass has reached since `zeroGrad`. */
  clearUnfilled(): void {
    for (const { gradient } of this.places.keys())
      if (gradient && !gradient.filled) this.gpu.clear(gradient.storage);
  }

  /** Moves the parameters back to memory of their own and frees the arena. */
  dispose(): void {
    for (const parameter of this.places.keys()) {
      const storage = this.gpu.persistent(parameter.size * 4, 'parameter');
      this.gpu.copy(parameter.storage, storage);
      parameter.storage = storage;
      parameter.gradient = undefined;
    }
    this.gpu.release(this.values);
    this.gpu.release(this.gradients);
  }
}
